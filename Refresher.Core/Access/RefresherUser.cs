using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Refresher.Core.Access;

/// <summary>A person who may log in to the admin.</summary>
public sealed class RefresherUser : IdentityUser<Guid>
{
    /// <summary>Somebody else knows the password: nothing may be done before it is changed.</summary>
    public bool MustChangePassword { get; set; }

    /// <summary>The shared secret of the authenticator app, sealed; null without one. It counts once <see cref="IdentityUser{TKey}.TwoFactorEnabled"/> is set.</summary>
    public string? AuthenticatorKey { get; set; }

    /// <summary>The time step of the last code that was taken: none is taken twice.</summary>
    public long LastAuthenticatorStep { get; set; }

    /// <summary>SHA-256 of the recovery codes that are left. Each has 80 random bits.</summary>
    public byte[][] RecoveryCodes { get; set; } = [];

    public DateTimeOffset? LastLoginAt { get; set; }
}

/// <summary>A login that has not ended: a cookie counts while its row is there.</summary>
public sealed class UserSession
{
    public Guid Id { get; init; }

    public Guid UserId { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it was used last, to the minute.</summary>
    public DateTimeOffset SeenAt { get; set; }

    /// <summary>Where it was begun from.</summary>
    public string? Address { get; init; }

    /// <summary>What the browser said of itself, cut.</summary>
    public string? Browser { get; init; }
}

internal sealed class RefresherUserMapping : IEntityTypeConfiguration<RefresherUser>, IEntityTypeConfiguration<UserSession>
{
    public void Configure(EntityTypeBuilder<RefresherUser> user)
    {
        user.Property(u => u.Id).ValueGeneratedNever();
        user.Property(u => u.RecoveryCodes).HasDefaultValueSql("'{}'");
    }

    public void Configure(EntityTypeBuilder<UserSession> session)
    {
        session.ToTable("user_sessions");
        session.Property(s => s.Id).ValueGeneratedNever();
        session.HasIndex(s => s.UserId);
        session.HasOne<RefresherUser>().WithMany().HasForeignKey(s => s.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
