using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Refresher.Core.Access;

/// <summary>The one table of what a role may: pages, their buttons and the end points of Web and Api go by it.</summary>
public static class Policies
{
    /// <summary>One's own account: the only thing open to who has to change the password first.</summary>
    public const string Self = "self";

    /// <summary>Looks at what is there; secrets are shown to nobody.</summary>
    public const string View = "view";

    /// <summary>Runs, pauses, cancels and acknowledges; edits schedules, sites, heartbeats, calendars, limits and rules.</summary>
    public const string Operate = "operate";

    /// <summary>Users, keys and sessions; channels, which hold secrets; what is public; events that are read again.</summary>
    public const string Administer = "administer";

    /// <summary>A claim of those who may do nothing before they have changed the password that somebody else chose.</summary>
    public const string PasswordIsDue = "refresher:password-is-due";

    private static readonly (string Policy, string[] Roles)[] Table =
    [
        (View, [Roles.Viewer, Roles.Operator, Roles.Admin]),
        (Operate, [Roles.Operator, Roles.Admin]),
        (Administer, [Roles.Admin]),
    ];

    public static IReadOnlyList<string> All { get; } = [Self, .. Table.Select(row => row.Policy)];

    public static void Add(AuthorizationOptions options)
    {
        options.AddPolicy(Self, policy => policy.RequireAuthenticatedUser());
        foreach (var (name, _) in Table)
        {
            options.AddPolicy(name, policy => policy.RequireAuthenticatedUser().RequireAssertion(context => Allow(context.User, name)));
        }
    }

    /// <summary>Whether somebody may do what <paramref name="policy"/> stands for: also what decides whether a button is shown.</summary>
    public static bool Allow(ClaimsPrincipal who, string policy) =>
        policy == Self ? who.Identity?.IsAuthenticated is true : !who.HasClaim(claim => claim.Type == PasswordIsDue) && Table.Single(row => row.Policy == policy).Roles.Any(who.IsInRole);

    /// <summary>Gives every end point of a group that has no policy of its own one by its method: what reads is for viewers, what changes is for operators or who <paramref name="changes"/> says.</summary>
    public static RouteGroupBuilder RequireByMethod(this RouteGroupBuilder group, string changes = Operate)
    {
        Otherwise(group, endpoint => Reads(endpoint) ? View : changes);
        return group;
    }

    /// <summary>Gives every end point that has no policy of its own <paramref name="policy"/>.</summary>
    public static void RequireOtherwise(this IEndpointConventionBuilder endpoints, string policy) => Otherwise(endpoints, _ => policy);

    private static void Otherwise(IEndpointConventionBuilder endpoints, Func<EndpointBuilder, string> policy) => endpoints.Finally(endpoint =>
    {
        if (!endpoint.Metadata.Any(item => item is IAllowAnonymous or IAuthorizeData { Policy: not null }))
        {
            endpoint.Metadata.Add(new AuthorizeAttribute(policy(endpoint)));
        }
    });

    private static bool Reads(EndpointBuilder endpoint) =>
        endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault() is { HttpMethods: { Count: > 0 } methods } && methods.All(method => HttpMethods.IsGet(method) || HttpMethods.IsHead(method));
}
