using Microsoft.AspNetCore.Identity;

namespace Refresher.Core.Access.Users;

/// <summary>Tells whether somebody is who they say. A user that does not exist, one that is locked and a wrong password take the same time and get the same answer.</summary>
public sealed class Credentials(UserManager<RefresherUser> users, IPasswordHasher<RefresherUser> hasher)
{
    private static readonly RefresherUser Nobody = new();
    private static string? s_hashOfNobody;

    /// <returns>The user of this name; null unless the password is theirs and they are not locked.</returns>
    public async Task<RefresherUser?> CheckAsync(string name, string password)
    {
        var user = name.Contains('\0', StringComparison.Ordinal) ? null : await users.FindByNameAsync(name);
        return await IsRightAsync(user, password) ? user : null;
    }

    /// <summary>Whether the password is the user's. Wrong ones are counted, and lock the user in the end.</summary>
    public async Task<bool> IsRightAsync(RefresherUser? user, string password)
    {
        var (given, isTooLong) = password.Length <= PasswordRules.Most ? (password, false) : ("", true);
        if (user is null || user.PasswordHash is null || isTooLong || await users.IsLockedOutAsync(user))
        {
            s_hashOfNobody ??= hasher.HashPassword(Nobody, Guid.NewGuid().ToString());
            hasher.VerifyHashedPassword(Nobody, s_hashOfNobody, given);
            return false;
        }

        if (await users.CheckPasswordAsync(user, given))
        {
            return true;
        }

        await CountWrongAsync(user);
        return false;
    }

    public async Task<bool> IsLockedAsync(RefresherUser user) => await users.IsLockedOutAsync(user);

    /// <summary>Counts a wrong password or code.</summary>
    public Task CountWrongAsync(RefresherUser user) => users.AccessFailedAsync(user);

    /// <summary>Forgets the wrong ones, after a whole login.</summary>
    public async Task ForgetWrongAsync(RefresherUser user)
    {
        if (user.AccessFailedCount > 0)
        {
            await users.ResetAccessFailedCountAsync(user);
        }
    }
}
