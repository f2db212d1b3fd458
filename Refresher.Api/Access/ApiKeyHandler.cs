using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Refresher.Core.Access;

namespace Refresher.Api.Access;

/// <summary>Reads <c>Authorization: Bearer key</c> (RFC 6750) and tells whose key it is.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeyring keys, KeyFailures failures)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Bearer";

    private const int LongestKey = 500;
    private TimeSpan? _wait;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null || KeyOf(Request) is not { } key)
        {
            return AuthenticateResult.NoResult();
        }

        // A key that was right before may be looked up whatever else comes from its address.
        _wait = keys.HasMet(key) ? null : failures.WaitOf(Context.Connection.RemoteIpAddress);
        if (_wait is not null)
        {
            return AuthenticateResult.Fail("Too many wrong keys.");
        }

        if (key.Length > LongestKey || await keys.FindAsync(key, Context.RequestAborted) is not { } known)
        {
            failures.Count(Context.Connection.RemoteIpAddress);
            return AuthenticateResult.Fail("The key is not known.");
        }

        var identity = new ClaimsIdentity([new(ClaimTypes.Name, known.Name), new(ClaimTypes.NameIdentifier, known.Id.ToString()), new(ClaimTypes.Role, known.Role)], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var tried = await HandleAuthenticateOnceSafeAsync();
        if (_wait is { } wait)
        {
            Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            await Problems.Of(StatusCodes.Status429TooManyRequests, "Too many wrong keys", "Too many wrong keys came from this address. Wait as long as Retry-After says.").ExecuteAsync(Context);
            return;
        }

        Response.Headers.WWWAuthenticate = tried.Failure is null ? "Bearer realm=\"Refresher\"" : "Bearer realm=\"Refresher\", error=\"invalid_token\"";
        var detail = tried.Failure is null ? "Send a key in the header Authorization: Bearer <key>." : "The key in the header Authorization is not known: it never was, was withdrawn, or has expired.";
        await Problems.OfField(StatusCodes.Status401Unauthorized, "A key is needed", "Authorization", detail).ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Problems.Of(
        StatusCodes.Status403Forbidden,
        "This key may not do that",
        $"The key '{Context.User.Identity?.Name}' has the role {Context.User.FindFirstValue(ClaimTypes.Role)}. {Needed(Context.GetEndpoint())}").ExecuteAsync(Context);

    private static string Needed(Endpoint? endpoint) =>
        endpoint?.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(asked => asked.Policy == Policies.Administer) is true ? $"The role {Roles.Admin} is needed." : $"The role {Roles.Operator} or {Roles.Admin} is needed.";

    private static string? KeyOf(HttpRequest request) =>
        AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header)
        && string.Equals(header.Scheme, SchemeName, StringComparison.OrdinalIgnoreCase)
        && header.Parameter is { Length: > 0 } key
            ? key
            : null;
}
