using Npgsql;

namespace Refresher.Core.Runs;

/// <summary>Which runs are past their time.</summary>
/// <param name="Before">Those due before this.</param>
/// <param name="Where">And like this, where $2 is <paramref name="Schedules"/>.</param>
internal sealed record RetentionRule(DateTimeOffset Before, string Where, Guid[] Schedules);

/// <summary>The rules that hold now: the platform's for runs of no schedule and of schedules that say nothing, and one for each retention that schedules have chosen.</summary>
internal static class RetentionRules
{
    private const string Succeeded = "state = 'succeeded'";
    private const string Others = "state <> 'succeeded' AND finished_at IS NOT NULL";

    private const string Sql = """
        SELECT keep_succeeded, array_agg(id), true FROM schedules WHERE keep_succeeded IS NOT NULL GROUP BY 1
        UNION ALL SELECT keep_others, array_agg(id), false FROM schedules WHERE keep_others IS NOT NULL GROUP BY 1
        """;

    public static async Task<IReadOnlyList<RetentionRule>> ReadAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancel)
    {
        var own = new List<(TimeSpan Kept, Guid[] Schedules, bool Succeeded)>();
        await using (var command = new NpgsqlCommand(Sql, connection))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                own.Add((reader.GetTimeSpan(0), reader.GetFieldValue<Guid[]>(1), reader.GetBoolean(2)));
            }
        }

        return
        [
            .. own.Select(rule => new RetentionRule(now - rule.Kept, $"{(rule.Succeeded ? Succeeded : Others)} AND schedule_id = ANY($2)", rule.Schedules)),
            Default(Succeeded, now - PlatformDefaults.Retention, true),
            Default(Others, now - PlatformDefaults.FailureRetention, false),
        ];

        RetentionRule Default(string where, DateTimeOffset before, bool succeeded) => new(
            before, $"{where} AND (schedule_id IS NULL OR schedule_id <> ALL($2))", [.. own.Where(rule => rule.Succeeded == succeeded).SelectMany(rule => rule.Schedules)]);
    }
}
