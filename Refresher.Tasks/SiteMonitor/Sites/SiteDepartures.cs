using Npgsql;
using Refresher.Core.Access;
using Refresher.Core.Alerts;
using Refresher.Core.Outbox;
using Refresher.Tasks.SiteMonitor.Incidents;

namespace Refresher.Tasks.SiteMonitor.Sites;

/// <summary>
/// Ends what is open about a site that is paused or deleted: its incident, its slowness, the warning about its certificate. Each is told as over and
/// muted, since nothing has turned for better.
/// </summary>
public sealed class SiteDepartures(OutboxWriter outbox, Actor actor, TimeProvider clock)
{
    private const string OpenSql = "SELECT incident_id, degraded_id, degraded_since, certificate_id, certificate_since FROM site_states WHERE site_id = $1 FOR UPDATE";

    private readonly List<StateChange> _changes = [];

    /// <summary>Forgets what was ended before: called at the beginning of each try of a transaction.</summary>
    public void Begin() => _changes.Clear();

    /// <summary>Ends it, in the transaction of <paramref name="connection"/>; <see cref="TellAsync"/> is the last thing of the same transaction.</summary>
    public async Task LeaveAsync(NpgsqlConnection connection, Site site, string reason, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        Guid? incident;
        await using (var look = new NpgsqlCommand(OpenSql, connection) { Parameters = { new() { Value = site.Id } } })
        {
            await using var row = await look.ExecuteReaderAsync(cancel);
            if (!await row.ReadAsync(cancel))
            {
                return;
            }

            incident = row.IsDBNull(0) ? null : row.GetGuid(0);
            Over(row, 1, SiteConditions.Degraded);
            Over(row, 3, SiteConditions.Certificate);
        }

        if (incident is { } open && await IncidentRows.CloseAsync(connection, open, now, $"Closed by {actor.Name}: {reason}.", actor.Name, cancel) is { } openedAt)
        {
            _changes.Add(Change(SiteConditions.Down, open, openedAt));
        }

        await using var clear = new NpgsqlCommand("""
            UPDATE site_states SET incident_id = NULL, incident_since = NULL, degraded_id = NULL, degraded_since = NULL, certificate_id = NULL, certificate_since = NULL,
                certificate_told_for = NULL WHERE site_id = $1
            """, connection) { Parameters = { new() { Value = site.Id } } };
        await clear.ExecuteNonQueryAsync(cancel);

        void Over(NpgsqlDataReader row, int column, string condition)
        {
            if (!row.IsDBNull(column))
            {
                _changes.Add(Change(condition, row.GetGuid(column), row.GetFieldValue<DateTimeOffset>(column + 1)));
            }
        }

        StateChange Change(string condition, Guid episode, DateTimeOffset since) => SiteConditions.Change(site, condition, episode, false, now, since) with { Reason = reason, Muted = true };
    }

    /// <summary>Writes the events of what was ended.</summary>
    public async Task TellAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        if (_changes.Count > 0)
        {
            await outbox.AppendAsync(connection, [.. _changes.Select(SiteConditions.EventOf)], cancel);
        }
    }

    /// <summary>Wakes who reads them, after the commit.</summary>
    public Task ToldAsync() => _changes.Count > 0 ? outbox.TellAsync() : Task.CompletedTask;
}
