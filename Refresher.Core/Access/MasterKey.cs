using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace Refresher.Core.Access;

/// <summary>
/// The key that is not in the database: it wraps those that are, so that a copy of the database alone opens no secret and forges no login.
/// <code>
/// MasterKey: { Value: "…", Previous: "…" }      or      MasterKey: { File: "/run/secrets/master-key", PreviousFile: "…" }
/// </code>
/// </summary>
public sealed class MasterKey
{
    /// <summary>Characters it needs: what is shorter is a password, and could be guessed.</summary>
    public const int Least = 32;

    private const int KeyBytes = 32;
    private const int IdBytes = 6;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] _key;

    private MasterKey(string text)
    {
        var material = Encoding.UTF8.GetBytes(text);
        _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, KeyBytes, info: "Refresher master key, v1"u8.ToArray());
        Id = Convert.ToHexString(HKDF.DeriveKey(HashAlgorithmName.SHA256, material, IdBytes, info: "Refresher master key id, v1"u8.ToArray())).ToLowerInvariant();
    }

    /// <summary>Tells which key it is, and nothing of the key.</summary>
    public string Id { get; }

    /// <summary>The key, and the one from before it while they are changed.</summary>
    /// <exception cref="InvalidOperationException">There is none, or it is too short.</exception>
    public static IReadOnlyList<MasterKey> From(IConfiguration configuration)
    {
        var current = Read(configuration, "MasterKey:Value", "MasterKey:File") ?? throw new InvalidOperationException(
            $"MasterKey:Value is missing: {Least} or more random characters that protect the keys in the database, the same for every process of the system. MasterKey:File may name a file with them instead.");
        return Read(configuration, "MasterKey:Previous", "MasterKey:PreviousFile") is { } previous ? [new(current), new(previous)] : [new(current)];
    }

    /// <summary>AES-256-GCM: nonce, cipher text and tag.</summary>
    public byte[] Wrap(byte[] plain)
    {
        var sealedBytes = new byte[NonceBytes + plain.Length + TagBytes];
        var nonce = sealedBytes.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_key, TagBytes);
        aes.Encrypt(nonce, plain, sealedBytes.AsSpan(NonceBytes, plain.Length), sealedBytes.AsSpan(NonceBytes + plain.Length));
        return sealedBytes;
    }

    /// <exception cref="CryptographicException">It was wrapped by another key, or was changed since.</exception>
    public byte[] Unwrap(byte[] wrapped)
    {
        if (wrapped.Length < NonceBytes + TagBytes)
        {
            throw new CryptographicException("What was wrapped is cut.");
        }

        var plain = new byte[wrapped.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(_key, TagBytes);
        aes.Decrypt(wrapped.AsSpan(0, NonceBytes), wrapped.AsSpan(NonceBytes, plain.Length), wrapped.AsSpan(NonceBytes + plain.Length), plain);
        return plain;
    }

    private static string? Read(IConfiguration configuration, string value, string file)
    {
        var text = configuration[value];
        var name = value;
        if (string.IsNullOrWhiteSpace(text) && configuration[file] is { Length: > 0 } path)
        {
            name = file;
            text = File.Exists(path) ? File.ReadAllText(path) : throw new InvalidOperationException($"{file}: there is no file {path}.");
        }

        text = text?.Trim();
        return text is not { Length: > 0 } ? null
            : text.Length >= Least ? text
            : throw new InvalidOperationException($"{name} has {text.Length} characters; it needs {Least} or more, at random.");
    }
}

/// <summary>The keys in the database were wrapped by a master key that this process does not have.</summary>
public sealed class WrongMasterKeyException(string id) : Exception(
    $"The keys in the table data_protection_keys are wrapped by the master key {id}, which is neither MasterKey:Value nor MasterKey:Previous of this process. Give it the one that the others have; see docs/security.md for what to do when it is lost.");
