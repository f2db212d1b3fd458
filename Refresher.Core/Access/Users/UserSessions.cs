using System.Collections.Concurrent;
using Npgsql;
using NpgsqlTypes;
using Refresher.Core.Data;

namespace Refresher.Core.Access.Users;

/// <summary>Whose session it is, and what they may do now.</summary>
/// <param name="Role">One of <see cref="Roles"/>; null for a user without one.</param>
public sealed record SessionState(Guid UserId, string UserName, string? Role, bool MustChangePassword);

/// <summary>
/// The sessions that go on. A cookie counts while its row is there, and what it may do is read with it: a session that was ended, a changed
/// role and a deleted user act on every Web within <see cref="Freshness"/>.
/// </summary>
public sealed class UserSessions(NpgsqlDataSource database, TimeProvider clock)
{
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(3);

    /// <summary>A session that was not used for so long has ended, and so has one that began so long ago.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromDays(14);
    public static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    /// <summary>Sessions a user may have; with one more, that which was not used for longest ends.</summary>
    public const int MostOfUser = 30;

    private const int MostKnown = 10_000;
    private const int MostBrowser = 200;

    private const string FindSql = """
        SELECT u.id, u.user_name, u.must_change_password, s.seen_at,
               (SELECT r.name FROM identity_user_roles ur JOIN identity_roles r ON r.id = ur.role_id WHERE ur.user_id = u.id LIMIT 1)
        FROM user_sessions s JOIN identity_users u ON u.id = s.user_id
        WHERE s.id = $1 AND s.seen_at > $2 AND s.started_at > $3
        """;

    private const string SeenSql = "UPDATE user_sessions SET seen_at = $2 WHERE id = $1";

    private const string BeginSql = """
        WITH gone AS (
            DELETE FROM user_sessions WHERE user_id = $2 AND (seen_at <= $6 OR started_at <= $7
                OR id IN (SELECT id FROM user_sessions WHERE user_id = $2 ORDER BY seen_at DESC OFFSET $8)))
        INSERT INTO user_sessions (id, user_id, started_at, seen_at, address, browser) VALUES ($1, $2, $3, $3, $4, $5)
        """;

    private static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, (SessionState State, long ReadAt)> _known = new();

    /// <summary>Begins a session, and clears away those of the user that have ended or are too many.</summary>
    /// <returns>Its id, which goes into the cookie.</returns>
    public async Task<Guid> BeginAsync(Guid userId, string? address, string? browser, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var begin = database.CreateCommand(BeginSql);
        begin.Parameters.Add(new() { Value = id });
        begin.Parameters.Add(new() { Value = userId });
        begin.Parameters.Add(new() { Value = now });
        begin.Parameters.Add(new() { Value = (object?)address ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        begin.Parameters.Add(new() { Value = browser is null ? DBNull.Value : StoredText.Clean(browser, MostBrowser), NpgsqlDbType = NpgsqlDbType.Text });
        begin.Parameters.Add(new() { Value = now - Idle });
        begin.Parameters.Add(new() { Value = now - Longest });
        begin.Parameters.Add(new() { Value = MostOfUser - 1 });
        await begin.ExecuteNonQueryAsync(cancel);
        return id;
    }

    /// <returns>Null when there is no such session any more.</returns>
    /// <exception cref="NpgsqlException">PostgreSQL does not answer, and nothing is known from before.</exception>
    public async Task<SessionState?> FindAsync(Guid id, CancellationToken cancel)
    {
        var isKnown = _known.TryGetValue(id, out var known);

        // A password that was due may have been changed at another Web a moment ago: then the next page opens.
        if (isKnown && !known.State.MustChangePassword && clock.GetElapsedTime(known.ReadAt) < Freshness)
        {
            return known.State;
        }

        var readAt = clock.GetTimestamp();
        try
        {
            if (await ReadAsync(id, cancel) is not { } state)
            {
                Forget(id);
                return null;
            }

            if (_known.Count >= MostKnown)
            {
                _known.Clear();
            }

            _known[id] = (state, readAt);
            return state;
        }
        catch (NpgsqlException) when (isKnown)
        {
            // While PostgreSQL is away nothing can be read or done; pages that need nothing of it go on.
            return known.State;
        }
    }

    /// <summary>What was known of a session that ended here.</summary>
    public void Forget(Guid id) => _known.TryRemove(id, out _);

    private async Task<SessionState?> ReadAsync(Guid id, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        SessionState? found = null;
        DateTimeOffset seenAt = default;
        await using (var find = new NpgsqlCommand(FindSql, connection) { Parameters = { new() { Value = id }, new() { Value = now - Idle }, new() { Value = now - Longest } } })
        await using (var reader = await find.ExecuteReaderAsync(cancel))
        {
            if (await reader.ReadAsync(cancel))
            {
                found = new SessionState(reader.GetGuid(0), reader.GetString(1), reader.IsDBNull(4) ? null : reader.GetString(4), reader.GetBoolean(2));
                seenAt = reader.GetFieldValue<DateTimeOffset>(3);
            }
        }

        if (found is not null && now - seenAt >= SeenEvery)
        {
            await using var seen = new NpgsqlCommand(SeenSql, connection) { Parameters = { new() { Value = id }, new() { Value = now } } };
            await seen.ExecuteNonQueryAsync(cancel);
        }

        return found;
    }
}
