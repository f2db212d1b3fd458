namespace Refresher.Core.Access;

/// <summary>What a user, or a key to the Api, may do; each role may do what the ones before it may. <see cref="Policies"/> says what that is.</summary>
public static class Roles
{
    /// <summary>Looks at everything, changes nothing.</summary>
    public const string Viewer = "viewer";

    /// <summary>Runs, pauses and cancels, and edits what is scheduled and watched.</summary>
    public const string Operator = "operator";

    /// <summary>Everything: also users, keys, channels and what is public.</summary>
    public const string Admin = "admin";

    /// <summary>From the one that may least to the one that may most.</summary>
    public static IReadOnlyList<string> All { get; } = [Viewer, Operator, Admin];
}
