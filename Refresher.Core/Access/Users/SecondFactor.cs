using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Refresher.Core.Access.Users;

/// <summary>
/// The second factor of a login: codes of an authenticator app, and recovery codes for when that is lost. The app's secret is sealed where it
/// is stored, recovery codes are hashed, and no code is taken twice, however many processes are asked at once.
/// </summary>
public sealed class SecondFactor(RefresherDb db, IDataProtectionProvider protection, AuditLog audit, TimeProvider clock)
{
    /// <summary>Recovery codes there are at first.</summary>
    public const int RecoveryCodes = 10;

    private const int RecoveryBytes = 10;
    private const int RecoveryGroup = 4;

    /// <summary>How long setting it up may take, from the password to the first code.</summary>
    private static readonly TimeSpan SetupTime = TimeSpan.FromMinutes(15);

    private readonly IDataProtector _protector = protection.CreateProtector("Refresher.SecondFactor.v1");

    private readonly ITimeLimitedDataProtector _tickets = protection.CreateProtector("Refresher.SecondFactor.Setup.v1").ToTimeLimitedDataProtector();

    /// <summary>Makes a secret for an app, for who has just given the password. Nothing is kept: the ticket brings it back with the first code.</summary>
    public SecondFactorSetup Begin(RefresherUser user)
    {
        var secret = RandomNumberGenerator.GetBytes(TotpCodes.SecretLength);
        return new(secret, _tickets.Protect($"{user.Id} {Convert.ToBase64String(secret)}", SetupTime));
    }

    /// <summary>What was begun with this ticket; null when it is not this user's, or too old.</summary>
    public SecondFactorSetup? Resume(RefresherUser user, string ticket)
    {
        try
        {
            return _tickets.Unprotect(ticket).Split(' ') is [var id, var secret] && id == user.Id.ToString() ? new(Convert.FromBase64String(secret), ticket) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Asks for it at each login from now on, once a code shows that the app has the secret.</summary>
    /// <returns>The recovery codes, to be shown once; null when the code is not right.</returns>
    public async Task<IReadOnlyList<string>?> TurnOnAsync(RefresherUser user, SecondFactorSetup setup, string code, CancellationToken cancel)
    {
        if (TotpCodes.Match(setup.Secret, Plain(code), clock.GetUtcNow(), after: 0) is not { } step)
        {
            return null;
        }

        var codes = MakeCodes();
        (user.TwoFactorEnabled, user.AuthenticatorKey, user.LastAuthenticatorStep) = (true, _protector.Protect(Convert.ToBase64String(setup.Secret)), step);
        user.RecoveryCodes = [.. codes.Select(HashOf)];
        audit.Add("user.second-factor-on", Subject(user), null, null);
        await db.SaveChangesAsync(cancel);
        return codes;
    }

    /// <summary>Replaces the recovery codes: those from before are refused.</summary>
    public async Task<IReadOnlyList<string>> RenewCodesAsync(RefresherUser user, CancellationToken cancel)
    {
        var codes = MakeCodes();
        user.RecoveryCodes = [.. codes.Select(HashOf)];
        audit.Add("user.recovery-codes", Subject(user), null, null);
        await db.SaveChangesAsync(cancel);
        return codes;
    }

    public async Task TurnOffAsync(RefresherUser user, CancellationToken cancel)
    {
        Clear(user);
        audit.Add("user.second-factor-off", Subject(user), null, null);
        await db.SaveChangesAsync(cancel);
    }

    /// <summary>Takes what the user typed, be it a code of the app or a recovery code: true once for each.</summary>
    public async Task<bool> TakeAsync(RefresherUser user, string typed, CancellationToken cancel)
    {
        var code = Plain(typed);
        return code.Length == TotpCodes.Digits && code.All(char.IsAsciiDigit) ? await TakeAppCodeAsync(user, code, cancel) : await TakeRecoveryCodeAsync(user, code, cancel);
    }

    internal static void Clear(RefresherUser user) => (user.TwoFactorEnabled, user.AuthenticatorKey, user.RecoveryCodes) = (false, null, []);

    private byte[]? SecretOf(RefresherUser user)
    {
        try
        {
            return user.AuthenticatorKey is { } kept ? Convert.FromBase64String(_protector.Unprotect(kept)) : null;
        }
        catch (CryptographicException)
        {
            // The key that sealed it is gone: a recovery code or a reset helps.
            return null;
        }
    }

    private async Task<bool> TakeAppCodeAsync(RefresherUser user, string code, CancellationToken cancel)
    {
        if (SecretOf(user) is not { } secret || TotpCodes.Match(secret, code, clock.GetUtcNow(), user.LastAuthenticatorStep) is not { } step)
        {
            return false;
        }

        var taken = await db.Database.ExecuteSqlAsync($"UPDATE identity_users SET last_authenticator_step = {step} WHERE id = {user.Id} AND last_authenticator_step < {step}", cancel);
        await db.Entry(user).ReloadAsync(cancel);
        return taken > 0;
    }

    private async Task<bool> TakeRecoveryCodeAsync(RefresherUser user, string code, CancellationToken cancel)
    {
        var hash = HashOf(code);
        var taken = await db.Database.ExecuteSqlAsync($"UPDATE identity_users SET recovery_codes = array_remove(recovery_codes, {hash}) WHERE id = {user.Id} AND {hash} = ANY(recovery_codes)", cancel);
        await db.Entry(user).ReloadAsync(cancel);
        if (taken == 0)
        {
            return false;
        }

        audit.Add("user.recovery-code-used", Subject(user), null, new JsonObject { ["left"] = user.RecoveryCodes.Length });
        await db.SaveChangesAsync(cancel);
        return true;
    }

    private static string[] MakeCodes() =>
        [.. Enumerable.Range(0, RecoveryCodes).Select(_ => string.Join('-', TotpCodes.Write(RandomNumberGenerator.GetBytes(RecoveryBytes)).ToLowerInvariant().Chunk(RecoveryGroup).Select(group => new string(group))))];

    private static byte[] HashOf(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(Plain(code)));

    /// <summary>Without what people put between the characters.</summary>
    private static string Plain(string typed) => new([.. typed.Where(char.IsAsciiLetterOrDigit).Take(100).Select(char.ToLowerInvariant)]);

    private static AuditSubject Subject(RefresherUser user) => new("user", user.Id.ToString(), user.UserName ?? "");
}

/// <summary>The secret of an authenticator app that is being set up, and the ticket that stands for it in the form.</summary>
public sealed record SecondFactorSetup(byte[] Secret, string Ticket);
