namespace Refresher.Tasks.HttpRequest;

/// <summary>The answer to a request as it is kept with the run.</summary>
/// <param name="Status">The HTTP status code.</param>
/// <param name="Url">What answered, after redirects.</param>
/// <param name="Redirects">How many redirects were followed.</param>
/// <param name="Seconds">From the first connection to the last byte read.</param>
/// <param name="Headers">At most 40, each cut at 500 characters; the values of cookies are left out.</param>
/// <param name="Bytes">Bytes of the body that were read.</param>
/// <param name="Body">The body's beginning, at most 64 KiB, when it is text.</param>
/// <param name="BodyBase64">The same when it is not text.</param>
/// <param name="Cut">Whether the body was longer than what is kept.</param>
public sealed record HttpRequestResult(
    int Status,
    Uri Url,
    int Redirects,
    double Seconds,
    IReadOnlyDictionary<string, string> Headers,
    int Bytes,
    string? Body,
    string? BodyBase64,
    bool Cut);
