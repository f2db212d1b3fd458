using Microsoft.AspNetCore.Authorization;
using Refresher.Core.Access;

namespace Refresher.Ui;

/// <summary>What a person may do: who operates may also view, an admin may do everything.</summary>
public static class Policies
{
    public const string View = "view";
    public const string Operate = "operate";
    public const string Administer = "administer";

    public static void Add(AuthorizationOptions options)
    {
        options.AddPolicy(View, policy => policy.RequireAuthenticatedUser());
        options.AddPolicy(Operate, policy => policy.RequireRole(Roles.Operator, Roles.Admin));
        options.AddPolicy(Administer, policy => policy.RequireRole(Roles.Admin));
    }
}
