using Microsoft.AspNetCore.Http;
using Refresher.Core;

namespace Refresher.Ui;

/// <summary>How an action answers: a redirect to the page it came from (post, redirect, get), with a message.</summary>
public static class Answers
{
    public static IResult Back(this HttpContext http, string message, bool isError = false)
    {
        new Flash(message, isError).Leave(http);
        var back = http.Request.HasFormContentType ? http.Request.Form["return"].ToString() : null;
        return Results.LocalRedirect(Requests.LocalOr(back));
    }

    public static IResult Back<T>(this HttpContext http, Result<T> result, Func<T, string> message)
        where T : class => result switch
        {
            { Value: { } value } => http.Back(message(value)),
            { Errors: { } errors } => http.Back(errors.ToString(), isError: true),
            { Conflict: { } conflict } => http.Back(conflict, isError: true),
            _ => http.Back("It does not exist any more.", isError: true),
        };
}
