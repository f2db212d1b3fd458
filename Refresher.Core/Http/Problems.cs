using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Refresher.Core.Http;

/// <summary>Everything that goes wrong, as ProblemDetails (RFC 9457) with <c>errors: {field: [..]}</c> where a field is to blame.</summary>
public static class Problems
{
    /// <summary>The name under which errors of a body as a whole are listed.</summary>
    private const string Body = "body";

    public static ProblemHttpResult Of(int status, string title, string detail) => TypedResults.Problem(detail, statusCode: status, title: title);

    public static ProblemHttpResult OfField(int status, string title, string field, string detail) => TypedResults.Problem(
        new HttpValidationProblemDetails(new Dictionary<string, string[]> { [field] = [detail] }) { Status = status, Title = title, Detail = detail });

    public static ProblemHttpResult Invalid(FieldErrors errors)
    {
        var named = errors.ToDictionary(error => error.Key.Length == 0 ? Body : error.Key, error => error.Value);
        return TypedResults.Problem(new HttpValidationProblemDetails(named)
        {
            Status = StatusCodes.Status400BadRequest,
            Title = "The request is not right",
            Detail = string.Join(" ", named.Values.SelectMany(messages => messages).Take(3)),
        });
    }

    public static ProblemHttpResult NotFound(string what, string id) =>
        OfField(StatusCodes.Status404NotFound, "Not found", "id", $"There is no {what} '{(id.Length <= 100 ? id : id[..100] + "…")}'.");

    /// <summary>The problem in a result that has no value.</summary>
    /// <param name="conflict">The status for what the state of things forbids.</param>
    public static ProblemHttpResult Of<T>(Result<T> result, string what, string id, int conflict = StatusCodes.Status409Conflict)
        where T : class =>
        result.Errors is { } errors ? Invalid(errors)
        : result.Conflict is { } refused ? Of(conflict, "Not possible now", refused)
        : NotFound(what, id);

    /// <summary>Gives a body to answers that the framework leaves empty.</summary>
    public static Task WriteAsync(StatusCodeContext context)
    {
        var (http, status) = (context.HttpContext, context.HttpContext.Response.StatusCode);
        var (title, detail) = status switch
        {
            StatusCodes.Status404NotFound => ("Not found", $"There is nothing at {http.Request.Path}. See /openapi/v1.json for what there is."),
            StatusCodes.Status405MethodNotAllowed => ("Method not allowed", $"{http.Request.Method} is not possible here. Allowed: {http.Response.Headers.Allow}."),
            StatusCodes.Status415UnsupportedMediaType => ("Unsupported media type", "The body must be JSON: send the header Content-Type: application/json."),
            _ => (null, null),
        };
        return TypedResults.Problem(detail, statusCode: status, title: title).ExecuteAsync(http);
    }
}
