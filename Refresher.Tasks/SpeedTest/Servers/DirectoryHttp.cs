using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Refresher.Core.Access;

namespace Refresher.Tasks.SpeedTest.Servers;

/// <summary>A list of servers could not be had; the message says why.</summary>
internal sealed class DirectoryException(string message, TimeSpan? retryAfter = null) : Exception(message)
{
    /// <summary>How long it asks to be left alone; null when it does not.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}

/// <summary>What a short answer says.</summary>
internal sealed record DirectoryAnswer(string Text, HttpResponseHeaders Headers)
{
    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}

/// <summary>Asks for lists of servers and other short answers: under our name, with a time limit, and no more than a few megabytes.</summary>
internal sealed class DirectoryHttp : IDisposable
{
    private const int MostBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;
    private readonly TimeProvider _clock;

    public DirectoryHttp(AddressGuard guard, TimeProvider clock)
    {
        _clock = clock;
        _http = new HttpClient(new SocketsHttpHandler { ConnectCallback = guard.ConnectAsync, UseProxy = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            MaxResponseContentBufferSize = MostBytes,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd(UserAgent.Value);
    }

    /// <exception cref="DirectoryException">No answer, or another status than 200.</exception>
    public async Task<DirectoryAnswer> GetAsync(Uri url, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            using var answer = await _http.GetAsync(url, either.Token);
            return answer.IsSuccessStatusCode
                ? new DirectoryAnswer(await answer.Content.ReadAsStringAsync(either.Token), answer.Headers)
                : throw new DirectoryException($"{url.Host} answers {url.AbsolutePath} with status {(int)answer.StatusCode}.", After(answer.Headers.RetryAfter));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new DirectoryException($"{url.Host} did not answer within {Time.TotalSeconds:0} s.");
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or SocketException or AddressRefusedException)
        {
            throw new DirectoryException($"{url.Host}: {(failed.InnerException as AddressRefusedException ?? failed).Message}");
        }
    }

    /// <summary>The answer as JSON; the caller disposes it.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public async Task<JsonDocument> JsonAsync(Uri url, CancellationToken cancel)
    {
        var answer = await GetAsync(url, cancel);
        try
        {
            return JsonDocument.Parse(answer.Text);
        }
        catch (JsonException)
        {
            throw new DirectoryException($"{url.Host} answers {url.AbsolutePath} with something that is no JSON.");
        }
    }

    public void Dispose() => _http.Dispose();

    private TimeSpan? After(RetryConditionHeaderValue? header) => header switch
    {
        { Delta: { } wait } => wait,
        { Date: { } date } when date - _clock.GetUtcNow() is { Ticks: > 0 } wait => wait,
        _ => null,
    };

    /// <summary>A text member of a JSON object; null where there is none, or an empty one.</summary>
    public static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String && member.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>A number that is written as one or as a text; null where there is none.</summary>
    public static double? Number(JsonElement json, string name) =>
        json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out var member) ? null
        : member.ValueKind == JsonValueKind.Number ? member.GetDouble()
        : member.ValueKind == JsonValueKind.String ? Degrees(member.GetString())
        : null;

    /// <summary>A place, where both numbers are degrees.</summary>
    public static GeoPoint? Place(double? latitude, double? longitude) =>
        latitude is { } north && longitude is { } east && Math.Abs(north) <= 90 && Math.Abs(east) <= 180 ? new GeoPoint(north, east) : null;

    /// <summary>A number in a text; null when it is none.</summary>
    public static double? Degrees(string? text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
