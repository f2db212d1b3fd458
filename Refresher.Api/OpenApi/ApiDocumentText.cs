using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Refresher.Api.OpenApi;

/// <summary>
/// The description as text, made once: it is open to everybody, and the framework would make it anew for each who asks, out of every end point and type there is: 0.8 s for the first, half a megabyte.
/// It names no server, so that programs take the one that they have it from.
/// </summary>
internal sealed class ApiDocumentText([FromKeyedServices(ApiDocumentText.Name)] IOpenApiDocumentProvider documents) : IDisposable
{
    public const string Name = "v1";

    private readonly SemaphoreSlim _making = new(1);
    private byte[]? _text;

    public async ValueTask<byte[]> GetAsync(CancellationToken cancel)
    {
        if (_text is { } made)
        {
            return made;
        }

        await _making.WaitAsync(cancel);
        try
        {
            return _text ??= await MakeAsync(cancel);
        }
        finally
        {
            _making.Release();
        }
    }

    public void Dispose() => _making.Dispose();

    private async Task<byte[]> MakeAsync(CancellationToken cancel)
    {
        var document = await documents.GetOpenApiDocumentAsync(cancel);
        using var text = new MemoryStream();
        await document.SerializeAsJsonAsync(text, OpenApiSpecVersion.OpenApi3_1, cancel);
        return text.ToArray();
    }
}
