using System.Security.Cryptography;
using System.Text;

namespace Refresher.Core.Data;

/// <summary>What PostgreSQL keeps of a password, made here: <c>SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey</c> (RFC 5803, RFC 5802 section 3).</summary>
internal static class ScramVerifier
{
    private const int Iterations = 4096;

    /// <param name="password">ASCII, so that it needs no preparation (RFC 4013); others are taken as they are, as PostgreSQL does with what it cannot prepare.</param>
    public static string Of(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        return $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(stored)}:{Convert.ToBase64String(HMACSHA256.HashData(salted, "Server Key"u8))}";
    }
}
