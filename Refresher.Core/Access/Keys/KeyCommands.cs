using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Refresher.Core.Access.Keys;

/// <summary>What admins do to keys. A key's text is told when it is made, and never again.</summary>
public sealed class KeyCommands(RefresherDb db, AuditLog audit, Actor actor, TimeProvider clock)
{
    /// <summary>Keys there may be.</summary>
    public const int Most = 500;

    public async Task<Result<KeyWithText>> CreateAsync(KeyInput input, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var errors = JsonInput.Validate(input, new FieldErrors());
        if (input.Role is { } role && !Roles.All.Contains(role))
        {
            errors.Add("role", $"role: one of {string.Join(", ", Roles.All)}.");
        }

        if (input.ExpiresAt <= now)
        {
            errors.Add("expiresAt", "expiresAt: an instant to come is needed.");
        }

        if (errors.Count > 0)
        {
            return Result<KeyWithText>.Invalid(errors);
        }

        if (await db.ApiKeys.CountAsync(cancel) >= Most)
        {
            return Result<KeyWithText>.Refused($"There are {Most} keys already, which is the most. Withdraw one first.");
        }

        var text = ApiKey.Generate();
        var key = new ApiKey
        {
            Id = Guid.CreateVersion7(now),
            Name = input.Name!.Trim(),
            Hash = ApiKey.HashOf(text),
            Role = input.Role!,
            CreatedAt = now,
            CreatedBy = actor.Name,
            ExpiresAt = input.ExpiresAt?.ToUniversalTime(),
        };
        db.Add(key);
        audit.Add("key.create", Subject(key), null, Document(key));
        try
        {
            await db.SaveChangesAsync(cancel);
            return Result<KeyWithText>.Done(new(key, text));
        }
        catch (DbUpdateException error) when (error.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            db.ChangeTracker.Clear();
            return Result<KeyWithText>.Invalid(new FieldErrors().Add("name", $"name: there is a key '{key.Name}' already."));
        }
    }

    /// <summary>Withdraws a key: it is refused everywhere within <see cref="ApiKeyring.Freshness"/>.</summary>
    public async Task<Result<ApiKey>> RevokeAsync(Guid id, CancellationToken cancel)
    {
        if (await db.ApiKeys.SingleOrDefaultAsync(k => k.Id == id, cancel) is not { } key)
        {
            return Result<ApiKey>.NotFound;
        }

        db.Remove(key);
        audit.Add("key.revoke", Subject(key), Document(key), null);
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Somebody else did it in the meantime.
            db.ChangeTracker.Clear();
            return Result<ApiKey>.NotFound;
        }

        return Result<ApiKey>.Done(key);
    }

    private static AuditSubject Subject(ApiKey key) => new("key", key.Id.ToString(), key.Name);

    private static JsonObject Document(ApiKey key) => new() { ["name"] = key.Name, ["role"] = key.Role, ["expiresAt"] = key.ExpiresAt?.ToString("o", CultureInfo.InvariantCulture) };
}

/// <summary>Reads of keys, shared by page and end point.</summary>
public sealed class KeyQueries(RefresherDb db)
{
    /// <summary>By name.</summary>
    public Task<List<ApiKey>> ListAsync(CancellationToken cancel) => db.ApiKeys.AsNoTracking().OrderBy(k => k.Name).Take(KeyCommands.Most).ToListAsync(cancel);

    public Task<ApiKey?> FindAsync(Guid id, CancellationToken cancel) => db.ApiKeys.AsNoTracking().SingleOrDefaultAsync(k => k.Id == id, cancel);
}
