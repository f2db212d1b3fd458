using System.Collections.Concurrent;
using Npgsql;

namespace Refresher.Core.Access;

/// <summary>An Api key that is valid.</summary>
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="ExpiresAt">From when on it is not; null: never.</param>
public sealed record KnownKey(Guid Id, string Name, string Role, DateTimeOffset? ExpiresAt);

/// <summary>
/// Tells whose key a request carries. An answer holds for <see cref="Freshness"/>, so that a withdrawn key ends within that time and a
/// busy client costs no look-up per request; one that expires ends at its instant.
/// </summary>
public sealed class ApiKeyring(NpgsqlDataSource database, TimeProvider clock)
{
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private const string FindSql = "SELECT id, name, last_used_at, role, expires_at FROM api_keys WHERE hash = $1";
    private const string UsedSql = "UPDATE api_keys SET last_used_at = $2 WHERE id = $1";
    private static readonly TimeSpan UsedEvery = TimeSpan.FromMinutes(1);

    /// <summary>By the hash in hexadecimal. Only valid keys get in, so it is as large as the table at most.</summary>
    private readonly ConcurrentDictionary<string, (KnownKey Key, long SeenAt)> _known = new(StringComparer.Ordinal);

    /// <summary>Whether the key was valid when it was last looked up, however long ago.</summary>
    public bool HasMet(string key) => _known.ContainsKey(Name(key));

    /// <returns>Null when there is no such key.</returns>
    /// <exception cref="NpgsqlException">PostgreSQL does not answer. It is not asked again: whoever waits for a key should hear of it soon.</exception>
    public async Task<KnownKey?> FindAsync(string key, CancellationToken cancel)
    {
        var name = Name(key);
        if (_known.TryGetValue(name, out var known) && clock.GetElapsedTime(known.SeenAt) < Freshness && IsValid(known.Key))
        {
            return known.Key;
        }

        var seenAt = clock.GetTimestamp();
        if (await LookUpAsync(Convert.FromHexString(name), cancel) is not { } found || !IsValid(found))
        {
            _known.TryRemove(name, out _);
            return null;
        }

        _known[name] = (found, seenAt);
        return found;
    }

    private async Task<KnownKey?> LookUpAsync(byte[] hash, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        KnownKey? found = null;
        DateTimeOffset? usedAt = null;
        await using (var find = new NpgsqlCommand(FindSql, connection) { Parameters = { new() { Value = hash } } })
        await using (var reader = await find.ExecuteReaderAsync(cancel))
        {
            if (await reader.ReadAsync(cancel))
            {
                found = new KnownKey(reader.GetGuid(0), reader.GetString(1), reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4));
                usedAt = reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2);
            }
        }

        var now = clock.GetUtcNow();
        if (found is not null && IsValid(found) && (usedAt is null || now - usedAt >= UsedEvery))
        {
            await using var used = new NpgsqlCommand(UsedSql, connection) { Parameters = { new() { Value = found.Id }, new() { Value = now } } };
            await used.ExecuteNonQueryAsync(cancel);
        }

        return found;
    }

    private bool IsValid(KnownKey key) => key.ExpiresAt is not { } end || clock.GetUtcNow() < end;

    private static string Name(string key) => Convert.ToHexString(ApiKey.HashOf(key));
}
