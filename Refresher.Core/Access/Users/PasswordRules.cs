using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;

namespace Refresher.Core.Access.Users;

/// <summary>What a password has to be: long, and not the user's name. Which sorts of characters it has does not matter (NIST SP 800-63B, 3.1.1.2).</summary>
public static class PasswordRules
{
    /// <summary>Characters a password needs, and how many different ones.</summary>
    public const int Least = 12;
    public const int LeastDifferent = 4;

    /// <summary>Characters it may have: hashing takes longer with each.</summary>
    public const int Most = 256;

    /// <summary>Wrong passwords or codes before a user is locked, and for how long.</summary>
    public const int LockoutAfter = 5;

    private const int MadeLength = 20;

    public static readonly TimeSpan LockoutFor = TimeSpan.FromMinutes(5);

    /// <summary>A password to be handed to somebody, who has to change it: 20 characters that are not mistaken for one another, 114 bits.</summary>
    public static string Make() => RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789", MadeLength);
}

/// <summary>Refuses passwords that hold the user's name, the program's name, or too much.</summary>
internal sealed class PasswordIsNoName : IPasswordValidator<RefresherUser>
{
    private const int LeastOfName = 3;

    public Task<IdentityResult> ValidateAsync(UserManager<RefresherUser> manager, RefresherUser user, string? password)
    {
        var given = password ?? "";
        var name = user.UserName ?? "";
        var errors = new List<IdentityError>();
        if (name.Length >= LeastOfName && given.Contains(name, StringComparison.OrdinalIgnoreCase))
        {
            errors.Add(new() { Code = "PasswordHasName", Description = "The password must not have the user name in it." });
        }

        if (given.Contains("refresher", StringComparison.OrdinalIgnoreCase))
        {
            errors.Add(new() { Code = "PasswordHasProgram", Description = "The password must not have the name of the program in it." });
        }

        if (given.Length > PasswordRules.Most)
        {
            errors.Add(new() { Code = "PasswordTooLong", Description = $"The password may have {PasswordRules.Most} characters at most." });
        }

        return Task.FromResult(errors.Count == 0 ? IdentityResult.Success : IdentityResult.Failed([.. errors]));
    }
}
