using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Refresher.Core.Access.Users;

namespace Refresher.Core.Access;

/// <summary>The first user and the first Api key, and the way back in when the password is lost.</summary>
public sealed partial class FirstLogin(RefresherDb db, AuditLog audit, TimeProvider clock, ILogger<FirstLogin> log)
{
    public const string AdminName = "admin";

    /// <summary>Makes the roles, the user <c>admin</c> and a key, where a secret for them is given and nobody is there yet.</summary>
    public async Task CreateAsync(string? password, string? apiKey, CancellationToken cancel)
    {
        await EnsureRolesAsync(cancel);
        if (password is { Length: > 0 } && !await db.Users.AnyAsync(cancel))
        {
            await SetAdminPasswordAsync(password, cancel);
        }
        else if (password is not { Length: > 0 })
        {
            LogNoPassword();
        }

        if (apiKey is { Length: > 0 } && !await db.ApiKeys.AnyAsync(cancel))
        {
            db.Add(new ApiKey { Id = Guid.CreateVersion7(clock.GetUtcNow()), Name = "first key", Hash = ApiKey.HashOf(apiKey), Role = Roles.Admin, CreatedAt = clock.GetUtcNow() });
            await db.SaveChangesAsync(cancel);
        }
    }

    /// <summary>Gives <c>admin</c> a new password and the role, makes the user if it is not there, lifts a lock, takes the second factor away, and ends all its sessions.</summary>
    /// <returns>The password.</returns>
    public async Task<string> ResetAdminAsync(CancellationToken cancel)
    {
        await EnsureRolesAsync(cancel);
        var password = PasswordRules.Make();
        await SetAdminPasswordAsync(password, cancel);
        return password;
    }

    private async Task SetAdminPasswordAsync(string password, CancellationToken cancel)
    {
        var normalized = AdminName.ToUpperInvariant();
        var user = await db.Users.SingleOrDefaultAsync(u => u.NormalizedUserName == normalized, cancel);
        if (user is null)
        {
            user = new RefresherUser { Id = Guid.CreateVersion7(clock.GetUtcNow()), UserName = AdminName, NormalizedUserName = normalized, LockoutEnabled = true };
            db.Add(user);
        }
        else
        {
            audit.Add("user.reset", new AuditSubject("user", user.Id.ToString(), AdminName), new JsonObject { ["secondFactor"] = user.TwoFactorEnabled }, new JsonObject { ["secondFactor"] = false });
        }

        var role = await db.Roles.SingleAsync(r => r.Name == Roles.Admin, cancel);
        var others = await db.UserRoles.Where(held => held.UserId == user.Id && held.RoleId != role.Id).ToListAsync(cancel);
        db.RemoveRange(others);
        if (!await db.UserRoles.AnyAsync(held => held.UserId == user.Id && held.RoleId == role.Id, cancel))
        {
            db.Add(new IdentityUserRole<Guid> { UserId = user.Id, RoleId = role.Id });
        }

        SecondFactor.Clear(user);
        db.RemoveRange(await db.UserSessions.Where(s => s.UserId == user.Id).ToListAsync(cancel));
        user.PasswordHash = new PasswordHasher<RefresherUser>().HashPassword(user, password);
        user.SecurityStamp = Convert.ToHexString(RandomNumberGenerator.GetBytes(20));
        (user.MustChangePassword, user.LockoutEnd, user.AccessFailedCount) = (false, null, 0);
        await db.SaveChangesAsync(cancel);
    }

    private async Task EnsureRolesAsync(CancellationToken cancel)
    {
        var there = await db.Roles.Select(r => r.Name).ToListAsync(cancel);
        db.AddRange(Roles.All.Where(name => !there.Contains(name)).Select(name => new IdentityRole<Guid>
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            Name = name,
            NormalizedName = name.ToUpperInvariant(),
            ConcurrencyStamp = Guid.NewGuid().ToString(),
        }));
        await db.SaveChangesAsync(cancel);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "FirstLogin:AdminPassword is not set, so nobody can log in yet. Set it, or run: dotnet Refresher.Web.dll reset-admin")]
    private partial void LogNoPassword();
}
