using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace Refresher.Tasks.Heartbeats;

/// <summary>
/// Tokens of heartbeats: 128 random bits in the address that a job calls. A call is found by the token's hash, whose look-up tells nothing of the token
/// by the time it takes; the token itself is kept sealed, so that a person can be shown it again.
/// </summary>
public sealed class BeatTokens(IDataProtectionProvider protection)
{
    /// <summary>Characters of base64url.</summary>
    public const int Length = 22;

    private readonly IDataProtector _protector = protection.CreateProtector("Refresher.HeartbeatTokens.v1");

    public static string Generate() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    public string Seal(string token) => _protector.Protect(token);

    /// <returns>Null when the key that sealed it is not there: a new token is needed then.</returns>
    public string? Open(string stored)
    {
        try
        {
            return _protector.Unprotect(stored);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
