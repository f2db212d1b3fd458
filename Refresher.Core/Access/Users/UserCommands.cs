using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Refresher.Core.Access.Users;

/// <summary>What admins do to users. Each change and its entry in the audit are one transaction; passwords are in neither.</summary>
public sealed class UserCommands(RefresherDb db, UserManager<RefresherUser> users, AuditLog audit, TimeProvider clock)
{
    /// <summary>Users there may be.</summary>
    public const int Most = 1000;

    public async Task<Result<UserWithPassword>> CreateAsync(UserInput input, CancellationToken cancel)
    {
        var errors = input.Check();
        if (errors.Count > 0)
        {
            return Result<UserWithPassword>.Invalid(errors);
        }

        var password = PasswordRules.Make();
        return await AloneAsync(async role =>
        {
            if (await db.Users.CountAsync(cancel) >= Most)
            {
                return Result<UserWithPassword>.Refused($"There are {Most} users already, which is the most. Delete one first.");
            }

            var user = new RefresherUser { Id = Guid.CreateVersion7(clock.GetUtcNow()), UserName = input.Name, LockoutEnabled = true, MustChangePassword = true };
            db.Add(new IdentityUserRole<Guid> { UserId = user.Id, RoleId = role(input.Role!) });
            audit.Add("user.create", Subject(user), null, new JsonObject { ["name"] = user.UserName, ["role"] = input.Role });
            var made = await users.CreateAsync(user, password);
            return made.Succeeded
                ? Result<UserWithPassword>.Done(new(user, password))
                : Result<UserWithPassword>.Invalid(new FieldErrors().Add("name", made.Errors.Any(error => error.Code == "DuplicateUserName") ? $"name: there is a user '{input.Name}' already." : string.Join(' ', made.Errors.Select(error => error.Description))));
        }, cancel);
    }

    /// <summary>Gives the user another role; it acts in all sessions within seconds.</summary>
    public async Task<Result<RefresherUser>> SetRoleAsync(Guid id, string? to, CancellationToken cancel)
    {
        if (to is null || !Roles.All.Contains(to))
        {
            return Result<RefresherUser>.Invalid(new FieldErrors().Add("role", $"role: one of {string.Join(", ", Roles.All)}."));
        }

        return await AloneAsync(async role =>
        {
            if (await db.Users.SingleOrDefaultAsync(u => u.Id == id, cancel) is not { } user)
            {
                return Result<RefresherUser>.NotFound;
            }

            if (to != Roles.Admin && await IsLastAdminAsync(id, role(Roles.Admin), cancel))
            {
                return LastAdmin(user);
            }

            var before = await RoleOfAsync(id, cancel);
            if (before == to)
            {
                return Result<RefresherUser>.Done(user);
            }

            await db.UserRoles.Where(held => held.UserId == id).ExecuteDeleteAsync(cancel);
            db.Add(new IdentityUserRole<Guid> { UserId = id, RoleId = role(to) });
            audit.Add("user.role", Subject(user), new JsonObject { ["role"] = before }, new JsonObject { ["role"] = to });
            await db.SaveChangesAsync(cancel);
            return Result<RefresherUser>.Done(user);
        }, cancel);
    }

    /// <summary>The way back in for who lost password or app: a new password that has to be changed, no second factor, no lock, and no sessions.</summary>
    public async Task<Result<UserWithPassword>> ResetAsync(Guid id, CancellationToken cancel)
    {
        var password = PasswordRules.Make();
        return await AloneAsync(async _ =>
        {
            if (await db.Users.SingleOrDefaultAsync(u => u.Id == id, cancel) is not { } user)
            {
                return Result<UserWithPassword>.NotFound;
            }

            var before = new JsonObject { ["secondFactor"] = user.TwoFactorEnabled, ["locked"] = IsLocked(user) };
            SecondFactor.Clear(user);
            (user.PasswordHash, user.MustChangePassword, user.LockoutEnd, user.AccessFailedCount) = (users.PasswordHasher.HashPassword(user, password), true, null, 0);
            await db.UserSessions.Where(s => s.UserId == id).ExecuteDeleteAsync(cancel);
            audit.Add("user.reset", Subject(user), before, new JsonObject { ["secondFactor"] = false, ["locked"] = false });
            await StampAsync(user);
            return Result<UserWithPassword>.Done(new(user, password));
        }, cancel);
    }

    /// <summary>Lifts the lock that too many wrong passwords brought.</summary>
    public Task<Result<RefresherUser>> UnlockAsync(Guid id, CancellationToken cancel) => AloneAsync(async _ =>
    {
        if (await db.Users.SingleOrDefaultAsync(u => u.Id == id, cancel) is not { } user)
        {
            return Result<RefresherUser>.NotFound;
        }

        audit.Add("user.unlock", Subject(user), new JsonObject { ["locked"] = IsLocked(user) }, new JsonObject { ["locked"] = false });
        (user.LockoutEnd, user.AccessFailedCount) = (null, 0);
        await db.SaveChangesAsync(cancel);
        return Result<RefresherUser>.Done(user);
    }, cancel);

    public Task<Result<RefresherUser>> DeleteAsync(Guid id, CancellationToken cancel) => AloneAsync(async role =>
    {
        if (await db.Users.SingleOrDefaultAsync(u => u.Id == id, cancel) is not { } user)
        {
            return Result<RefresherUser>.NotFound;
        }

        if (await IsLastAdminAsync(id, role(Roles.Admin), cancel))
        {
            return LastAdmin(user);
        }

        audit.Add("user.delete", Subject(user), new JsonObject { ["name"] = user.UserName, ["role"] = await RoleOfAsync(id, cancel) }, null);
        db.Remove(user);
        await db.SaveChangesAsync(cancel);
        return Result<RefresherUser>.Done(user);
    }, cancel);

    /// <summary>Changes one's own password, and ends the other sessions.</summary>
    /// <param name="session">The one to keep.</param>
    /// <returns>Errors at the field <c>new</c>.</returns>
    public Task<Result<RefresherUser>> ChangePasswordAsync(Guid id, string password, Guid session, CancellationToken cancel) => AloneAsync(async _ =>
    {
        if (await db.Users.SingleOrDefaultAsync(u => u.Id == id, cancel) is not { } user)
        {
            return Result<RefresherUser>.NotFound;
        }

        var errors = new FieldErrors();
        foreach (var validator in users.PasswordValidators)
        {
            foreach (var error in (await validator.ValidateAsync(users, user, password)).Errors)
            {
                errors.Add("new", error.Description);
            }
        }

        if (errors.Count == 0 && user.PasswordHash is { } now && users.PasswordHasher.VerifyHashedPassword(user, now, password) != PasswordVerificationResult.Failed)
        {
            errors.Add("new", "The new password is the one that is there.");
        }

        if (errors.Count > 0)
        {
            return Result<RefresherUser>.Invalid(errors);
        }

        (user.PasswordHash, user.MustChangePassword) = (users.PasswordHasher.HashPassword(user, password), false);
        var ended = await db.UserSessions.Where(s => s.UserId == id && s.Id != session).ExecuteDeleteAsync(cancel);
        audit.Add("user.password", Subject(user), null, ended > 0 ? new JsonObject { ["sessionsEnded"] = ended } : null);
        await StampAsync(user);
        return Result<RefresherUser>.Done(user);
    }, cancel);

    /// <summary>Ends one session of a user.</summary>
    public Task<Result<RefresherUser>> EndSessionAsync(Guid userId, Guid session, CancellationToken cancel) => EndAsync(userId, db.UserSessions.Where(s => s.Id == session), cancel);

    /// <summary>Ends all sessions of a user, but for one that may be kept.</summary>
    public Task<Result<RefresherUser>> EndSessionsAsync(Guid userId, Guid? keep, CancellationToken cancel) => EndAsync(userId, db.UserSessions.Where(s => s.Id != keep), cancel);

    private Task<Result<RefresherUser>> EndAsync(Guid userId, IQueryable<UserSession> which, CancellationToken cancel) => AloneAsync(async _ =>
    {
        if (await db.Users.SingleOrDefaultAsync(u => u.Id == userId, cancel) is not { } user)
        {
            return Result<RefresherUser>.NotFound;
        }

        var ended = await which.Where(s => s.UserId == userId).ToListAsync(cancel);
        if (ended.Count == 0)
        {
            return Result<RefresherUser>.NotFound;
        }

        db.RemoveRange(ended);
        audit.Add("session.end", Subject(user), new JsonObject { ["sessions"] = new JsonArray([.. ended.Select(s => (JsonNode)$"{s.Id} from {s.Address}")]) }, null);
        await db.SaveChangesAsync(cancel);
        return Result<RefresherUser>.Done(user);
    }, cancel);

    /// <summary>One change of users at a time, so that two admins cannot each take the other's role away. Holds the rows of the roles.</summary>
    private Task<Result<T>> AloneAsync<T>(Func<Func<string, Guid>, Task<Result<T>>> change, CancellationToken cancel)
        where T : class => db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            var roles = await db.Roles.FromSql($"SELECT * FROM identity_roles ORDER BY name FOR UPDATE").AsNoTracking().ToListAsync(cancel);
            var result = await change(name => roles.Single(role => role.Name == name).Id);
            if (result.Value is not null)
            {
                await transaction.CommitAsync(cancel);
            }

            db.ChangeTracker.Clear();
            return result;
        });

    /// <summary>Saves, with a new stamp: a login that is halfway does not go on.</summary>
    private async Task StampAsync(RefresherUser user)
    {
        var saved = await users.UpdateSecurityStampAsync(user);
        if (!saved.Succeeded)
        {
            throw new InvalidOperationException(string.Join(' ', saved.Errors.Select(error => error.Description)));
        }
    }

    private async Task<bool> IsLastAdminAsync(Guid id, Guid admin, CancellationToken cancel) =>
        await db.UserRoles.AnyAsync(held => held.UserId == id && held.RoleId == admin, cancel) && !await db.UserRoles.AnyAsync(held => held.UserId != id && held.RoleId == admin, cancel);

    private Task<string?> RoleOfAsync(Guid id, CancellationToken cancel) =>
        db.UserRoles.Where(held => held.UserId == id).Join(db.Roles, held => held.RoleId, role => role.Id, (_, role) => role.Name).FirstOrDefaultAsync(cancel);

    private bool IsLocked(RefresherUser user) => user.LockoutEnd > clock.GetUtcNow();

    private static Result<RefresherUser> LastAdmin(RefresherUser user) => Result<RefresherUser>.Refused($"'{user.UserName}' is the only admin: make another user admin first.");

    private static AuditSubject Subject(RefresherUser user) => new("user", user.Id.ToString(), user.UserName ?? "");
}
