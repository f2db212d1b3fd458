using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Refresher.Core.Access;

/// <summary>A key to the Api. Only its hash is kept: the key itself has 256 random bits, so a plain SHA-256 cannot be reversed by guessing.</summary>
public sealed class ApiKey
{
    public Guid Id { get; init; }

    public required string Name { get; set; }

    /// <summary>SHA-256 of the key.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>One of <see cref="Roles"/>: what may be done with it.</summary>
    public required string Role { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The user or the key that made it; null for the first one.</summary>
    public string? CreatedBy { get; init; }

    /// <summary>From when on it is refused; null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; set; }

    /// <summary>A key that nobody has seen before: <c>rfr_</c> and 43 characters of base64url.</summary>
    public static string Generate() => "rfr_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}

internal sealed class ApiKeyMapping : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> key)
    {
        key.ToTable("api_keys");
        key.Property(k => k.Id).ValueGeneratedNever();
        key.Property(k => k.Role).HasDefaultValue(Roles.Admin);
        key.HasIndex(k => k.Hash).IsUnique();
        key.HasIndex(k => k.Name).IsUnique();
    }
}
