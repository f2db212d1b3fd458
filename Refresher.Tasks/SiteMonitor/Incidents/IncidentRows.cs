using Npgsql;
using NpgsqlTypes;
using Refresher.Core;
using Refresher.Core.Data;

namespace Refresher.Tasks.SiteMonitor.Incidents;

/// <summary>Writes incidents and their timelines over a connection, in its transaction.</summary>
internal static class IncidentRows
{
    /// <summary>Characters an update's text may have.</summary>
    public const int MostText = 2000;

    /// <summary>Updates that the program itself writes to one incident; after that only its end.</summary>
    public const int MostChanges = 50;

    /// <summary>Closes an incident that is open.</summary>
    /// <returns>When it was opened; null when it was closed already.</returns>
    public static async Task<DateTimeOffset?> CloseAsync(NpgsqlConnection connection, Guid incident, DateTimeOffset at, string text, string? author, CancellationToken cancel)
    {
        await using var close = new NpgsqlCommand("UPDATE incidents SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL RETURNING opened_at", connection)
        {
            Parameters = { new() { Value = incident }, new() { Value = at } },
        };
        if (await close.ExecuteScalarAsync(cancel) is not DateTime openedAt)
        {
            return null;
        }

        await UpdateAsync(connection, [new IncidentUpdate { Id = Guid.CreateVersion7(at), IncidentId = incident, At = at, Kind = IncidentUpdateKind.Closed, Text = text, Author = author }], cancel);
        return new DateTimeOffset(openedAt, TimeSpan.Zero);
    }

    /// <summary>Adds lines to timelines; changes of the reason only as long as there are not too many.</summary>
    public static async Task UpdateAsync(NpgsqlConnection connection, IReadOnlyCollection<IncidentUpdate> updates, CancellationToken cancel)
    {
        if (updates.Count == 0)
        {
            return;
        }

        await using var insert = new NpgsqlCommand($"""
            INSERT INTO incident_updates (id, incident_id, at, kind, text, author, is_public)
            SELECT n.* FROM unnest($1, $2, $3, $4, $5, $6, $7) AS n(id, incident_id, at, kind, text, author, is_public)
            WHERE n.kind <> 'changed' OR (SELECT count(*) FROM incident_updates u WHERE u.incident_id = n.incident_id AND u.kind = 'changed') < {MostChanges}
            """, connection)
        {
            Parameters =
            {
                Column(NpgsqlDbType.Uuid, update => update.Id),
                Column(NpgsqlDbType.Uuid, update => update.IncidentId),
                Column(NpgsqlDbType.TimestampTz, update => update.At),
                Column(NpgsqlDbType.Text, update => Words<IncidentUpdateKind>.Of(update.Kind)),
                Column(NpgsqlDbType.Text, update => StoredText.Clean(update.Text, MostText)),
                Column(NpgsqlDbType.Text, update => update.Author),
                Column(NpgsqlDbType.Boolean, update => update.IsPublic),
            },
        };
        await insert.ExecuteNonQueryAsync(cancel);

        NpgsqlParameter Column<T>(NpgsqlDbType type, Func<IncidentUpdate, T> value) => new() { Value = updates.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };
    }
}
