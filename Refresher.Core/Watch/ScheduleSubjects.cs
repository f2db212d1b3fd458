using Npgsql;

namespace Refresher.Core.Watch;

/// <summary>Schedules as subjects of conditions: by their id, with the name and tags they have now.</summary>
internal static class ScheduleSubjects
{
    /// <summary>Those that are there.</summary>
    public static async Task<Dictionary<Guid, TroubledSubject>> ReadAsync(NpgsqlConnection connection, IEnumerable<Guid> ids, CancellationToken cancel)
    {
        var wanted = ids.Distinct().ToArray();
        var subjects = new Dictionary<Guid, TroubledSubject>(wanted.Length);
        if (wanted.Length == 0)
        {
            return subjects;
        }

        await using var find = new NpgsqlCommand("SELECT id, name, tags FROM schedules WHERE id = ANY($1)", connection) { Parameters = { new() { Value = wanted } } };
        await using var row = await find.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            subjects[row.GetGuid(0)] = new TroubledSubject(row.GetGuid(0).ToString(), row.GetString(1), row.GetFieldValue<string[]>(2));
        }

        return subjects;
    }
}
