using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Refresher.Core.Http;

/// <summary>How long an answer may take, so that nobody waits for a server that does not come back.</summary>
public static class AnswerTime
{
    public const string Policy = "answer";

    /// <summary>For what is done all or nothing with thousands of rows.</summary>
    public const string LongPolicy = "long-answer";

    public static RequestTimeoutPolicy Of(TimeSpan limit) => new()
    {
        Timeout = limit,
        TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable,
        WriteTimeoutResponse = WriteAsync,
    };

    private static Task WriteAsync(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "5";
        return Problems.Of(StatusCodes.Status503ServiceUnavailable, "No answer in time", "PostgreSQL or Redis did not answer in time. Try again shortly.").ExecuteAsync(http);
    }
}
