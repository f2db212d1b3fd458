using Npgsql;
using NpgsqlTypes;
using Refresher.Core;
using Refresher.Core.Data;
using Refresher.Tasks.SiteMonitor.Incidents;
using Refresher.Tasks.SiteMonitor.Probing;

namespace Refresher.Tasks.SiteMonitor.Checking;

/// <summary>Writes what a batch of checks means for incidents: opened, failing on, failing for another reason, closed.</summary>
internal static class IncidentChanges
{
    private const string OpenSql = """
        INSERT INTO incidents (id, site_id, site_key, site_name, opened_at, confirmed_at, fault, reason, last_fault, failed_checks)
        SELECT n.id, n.site_id, n.site_key, n.site_name, n.opened_at, n.confirmed_at, n.fault, n.reason, n.fault, n.failed_checks
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) AS n(id, site_id, site_key, site_name, opened_at, confirmed_at, fault, reason, failed_checks)
        """;

    private const string CloseSql = "UPDATE incidents i SET closed_at = n.closed_at FROM unnest($1, $2) AS n(id, closed_at) WHERE i.id = n.id AND i.closed_at IS NULL";

    private const string FailSql = "UPDATE incidents i SET failed_checks = i.failed_checks + 1, last_fault = n.fault FROM unnest($1, $2) AS n(id, fault) WHERE i.id = n.id";

    public static async Task WriteAsync(NpgsqlConnection connection, IReadOnlyCollection<DecidedCheck> decided, CancellationToken cancel)
    {
        var turns = decided.SelectMany(one => one.Decision.Turns.Select(turn => (Turn: turn, Of: one))).ToArray();
        var opened = turns.Where(t => t.Turn.Kind == TurnKind.Down).ToArray();
        var closed = turns.Where(t => t.Turn.Kind == TurnKind.Up).ToArray();
        var failed = decided.Where(one => one.Check.Result.Status == CheckStatus.Down && one.Decision.State.IncidentId is not null && !one.Decision.Turns.Any(turn => turn.Kind == TurnKind.Down)).ToArray();
        await RunAsync(
            connection,
            OpenSql,
            opened.Length,
            cancel,
            Column(opened, NpgsqlDbType.Uuid, t => t.Turn.Episode),
            Column(opened, NpgsqlDbType.Uuid, t => t.Of.Check.Due.Site.Id),
            Column(opened, NpgsqlDbType.Text, t => t.Of.Check.Due.Site.Key),
            Column(opened, NpgsqlDbType.Text, t => t.Of.Check.Due.Site.Name),
            Column(opened, NpgsqlDbType.TimestampTz, t => t.Turn.At),
            Column(opened, NpgsqlDbType.TimestampTz, t => t.Of.Check.CheckedAt),
            Column(opened, NpgsqlDbType.Text, t => Word(t.Of.Check.Result.Fault)),
            Column(opened, NpgsqlDbType.Text, t => t.Of.Check.Result.Error),
            Column(opened, NpgsqlDbType.Integer, t => t.Of.Decision.State.RowCount));
        await RunAsync(connection, CloseSql, closed.Length, cancel, Column(closed, NpgsqlDbType.Uuid, t => t.Turn.Episode), Column(closed, NpgsqlDbType.TimestampTz, t => t.Turn.At));
        await RunAsync(
            connection,
            FailSql,
            failed.Length,
            cancel,
            Column(failed, NpgsqlDbType.Uuid, one => one.Decision.State.IncidentId!.Value),
            Column(failed, NpgsqlDbType.Text, one => Word(one.Check.Result.Fault)));
        await IncidentRows.UpdateAsync(connection, [.. turns.Select(t => UpdateOf(t.Turn, t.Of)).OfType<IncidentUpdate>()], cancel);
    }

    private static IncidentUpdate? UpdateOf(SiteTurn turn, DecidedCheck decided)
    {
        var error = StoredText.Clean(decided.Check.Result.Error ?? "no reason known", 1000);
        return turn.Kind switch
        {
            TurnKind.Down => Update(IncidentUpdateKind.Opened, $"Down, confirmed by {decided.Decision.State.RowCount} failed check{(decided.Decision.State.RowCount == 1 ? "" : "s")} in a row: {error}"),
            TurnKind.OtherReason => Update(IncidentUpdateKind.Changed, $"Still down, for another reason: {error}"),
            TurnKind.Up => Update(IncidentUpdateKind.Closed, $"Up again after {SiteTurns.Length(turn.At - turn.Since)}."),
            _ => null,
        };

        IncidentUpdate Update(IncidentUpdateKind kind, string text) => new() { Id = Guid.CreateVersion7(decided.Check.CheckedAt), IncidentId = turn.Episode, At = decided.Check.CheckedAt, Kind = kind, Text = text };
    }

    private static string? Word(CheckFault? fault) => fault is { } value ? Words<CheckFault>.Of(value) : null;

    private static async Task RunAsync(NpgsqlConnection connection, string sql, int rows, CancellationToken cancel, params NpgsqlParameter[] columns)
    {
        if (rows > 0)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            command.Parameters.AddRange(columns);
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    private static NpgsqlParameter Column<TRow, T>(TRow[] rows, NpgsqlDbType type, Func<TRow, T> value) => new() { Value = Array.ConvertAll(rows, row => value(row)), NpgsqlDbType = NpgsqlDbType.Array | type };
}
