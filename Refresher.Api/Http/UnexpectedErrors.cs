using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Refresher.Core.Data;
using StackExchange.Redis;

namespace Refresher.Api.Http;

/// <summary>Exceptions as answers: what a server of ours is to blame for is 503 with the time to wait; anything unknown is 500 with the trace id and nothing else.</summary>
internal sealed class UnexpectedErrors(SchemaGate gate) : IExceptionHandler
{
    private const int RetryAfterSeconds = 2;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var problem = ProblemOf(exception);
        if (problem.StatusCode == StatusCodes.Status503ServiceUnavailable)
        {
            httpContext.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        await problem.ExecuteAsync(httpContext);
        return true;
    }

    private ProblemHttpResult ProblemOf(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                    return Problems.OfField(StatusCodes.Status413PayloadTooLarge, "The body is too large", "body", "At most 1 MiB is taken, 8 MiB where many runs are posted at once, 16 MiB for a file of schedules.");
                case BadHttpRequestException bad:
                    return Problems.Of(bad.StatusCode, "The request is not right", bad.Message);
                case PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InvalidCatalogName } when !gate.IsOpen:
                    return Unavailable("The database is being prepared", "A scheduler brings its schema up to date. Try again shortly.");
                case NpgsqlException { IsTransient: true } or PostgresException { SqlState: ['5', '7', 'P', ..] }:
                    return Unavailable("PostgreSQL does not answer", "Nothing was lost and nothing was done. Try again shortly.");
                case RedisException:
                    return Unavailable("Redis does not answer", "What this asks for is only in Redis. Try again shortly.");
            }
        }

        return Problems.Of(StatusCodes.Status500InternalServerError, "Something went wrong", "It is in the log of the Api under this trace id.");
    }

    private static ProblemHttpResult Unavailable(string title, string detail) => Problems.Of(StatusCodes.Status503ServiceUnavailable, title, detail);
}
