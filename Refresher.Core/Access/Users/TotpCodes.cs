using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Refresher.Core.Access.Users;

/// <summary>The codes of authenticator apps: six digits that hold for half a minute (RFC 6238 over HMAC-SHA-1, which is what every app knows).</summary>
public static class TotpCodes
{
    /// <summary>Bytes of a secret: as many as the hash has (RFC 4226, 4).</summary>
    public const int SecretLength = 20;

    public const int Digits = 6;

    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int BitsPerCharacter = 5;

    /// <summary>Steps that a clock may be off, to either side.</summary>
    private const int Tolerance = 1;

    private const int Modulus = 1_000_000;

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    public static long StepOf(DateTimeOffset at) => at.ToUnixTimeMilliseconds() / (long)Step.TotalMilliseconds;

    public static string Code(ReadOnlySpan<byte> secret, long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // The protocol's: apps know no other hash, and what HMAC asks of it is not what is weak in SHA-1 (RFC 6238, 1.2; RFC 6151).
        HMACSHA1.HashData(secret, counter, hash);
#pragma warning restore CA5350
        var offset = hash[^1] & 0xf;
        var number = BinaryPrimitives.ReadInt32BigEndian(hash[offset..]) & int.MaxValue;
        return (number % Modulus).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>The step whose code this is; null when it is none of those that hold now.</summary>
    /// <param name="after">The step of the last code that was taken: it and those before it are refused.</param>
    public static long? Match(ReadOnlySpan<byte> secret, string code, DateTimeOffset now, long after)
    {
        var given = Encoding.UTF8.GetBytes(code);
        var current = StepOf(now);
        long? found = null;
        for (var step = current - Tolerance; step <= current + Tolerance; step++)
        {
            if (step > after && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Code(secret, step)), given))
            {
                found = step;
            }
        }

        return found;
    }

    /// <summary>As people type it (RFC 4648, 6), without padding.</summary>
    public static string Write(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        var (buffer, bits) = (0, 0);
        foreach (var one in bytes)
        {
            (buffer, bits) = ((buffer << 8) | one, bits + 8);
            while (bits >= BitsPerCharacter)
            {
                bits -= BitsPerCharacter;
                text.Append(Base32[(buffer >> bits) & 31]);
                buffer &= (1 << bits) - 1;
            }
        }

        return bits == 0 ? text.ToString() : text.Append(Base32[(buffer << (BitsPerCharacter - bits)) & 31]).ToString();
    }

    /// <summary>What the picture for an app says: the apps' own key URI format, <c>otpauth://totp/…</c>.</summary>
    public static string Address(string user, ReadOnlySpan<byte> secret, string issuer = "Refresher") =>
        $"otpauth://totp/{Uri.EscapeDataString(issuer)}:{Uri.EscapeDataString(user)}?secret={Write(secret)}&issuer={Uri.EscapeDataString(issuer)}&digits={Digits}&period={(int)Step.TotalSeconds}";
}
