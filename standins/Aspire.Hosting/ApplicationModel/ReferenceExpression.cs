// Stand-in for Aspire.Hosting: a text with parts that are known later.
using System.Runtime.CompilerServices;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A text whose parts may be end points and parameters: <c>ReferenceExpression.Create($"--port={endpoint.Property(EndpointProperty.TargetPort)}")</c>.</summary>
public sealed class ReferenceExpression : IValueProvider
{
    private readonly List<object> _parts;

    private ReferenceExpression(List<object> parts) => _parts = parts;

    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => new(handler.Parts);

    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        var texts = new List<string?>(_parts.Count);
        foreach (var part in _parts)
        {
            texts.Add(part is IValueProvider provider ? await provider.GetValueAsync(cancellationToken) : (string)part);
        }

        return string.Concat(texts);
    }

    /// <summary>Takes the parts of an interpolated text.</summary>
    [InterpolatedStringHandler]
    public readonly struct ExpressionInterpolatedStringHandler(int literalLength, int formattedCount)
    {
        internal List<object> Parts { get; } = new(literalLength > 0 ? formattedCount + 1 : formattedCount);

        public void AppendLiteral(string value) => Parts.Add(value);

        public void AppendFormatted(string? value) => Parts.Add(value ?? "");

        public void AppendFormatted<T>(T valueProvider)
            where T : IValueProvider => Parts.Add(valueProvider);
    }
}
