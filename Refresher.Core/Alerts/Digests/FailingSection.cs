using System.Globalization;
using Npgsql;
using Refresher.Core.Alerts.Messages;
using Refresher.Core.Runs;

namespace Refresher.Core.Alerts.Digests;

/// <summary>Schedules whose runs failed, the worst first.</summary>
internal sealed class FailingSection(NpgsqlDataSource database) : IDigestSection
{
    private const int Most = 20;

    public int Order => 10;

    public async Task<MessageTable?> WriteAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            SELECT s.name, f.failed, f.runs FROM (
                SELECT schedule_id, count(*) FILTER (WHERE state = 'failed') AS failed, count(*) AS runs FROM runs
                WHERE id >= $1 AND id < $2 AND schedule_id IS NOT NULL AND finished_at IS NOT NULL GROUP BY 1 HAVING bool_or(state = 'failed')) AS f
            JOIN schedules s ON s.id = f.schedule_id ORDER BY f.failed DESC, s.name LIMIT $3
            """);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = RunId.LowestAt(from) }, new() { Value = RunId.LowestAt(to) }, new() { Value = Most } });
        await using var row = await command.ExecuteReaderAsync(cancel);
        var rows = new List<IReadOnlyList<string>>();
        while (await row.ReadAsync(cancel))
        {
            rows.Add([row.GetString(0), row.GetInt64(1).ToString(CultureInfo.InvariantCulture), row.GetInt64(2).ToString(CultureInfo.InvariantCulture)]);
        }

        return rows.Count == 0 ? null : new MessageTable("Schedules that failed", rows.Count == Most ? $"The {Most} worst." : "", ["Schedule", "failed", "of runs"], rows);
    }
}
