using Npgsql;

namespace Refresher.Core.Schedules.Calendars;

/// <summary>Reads calendars over a connection of its own: parts of a page ask at the same time, and a scheduler has no context.</summary>
internal static class CalendarRows
{
    private const string Sql = "SELECT name, time_zone, \"only\", rules FROM calendars WHERE $1::text[] IS NULL OR name = ANY($1)";

    /// <param name="names">Null: all of them.</param>
    public static async Task<CalendarSet> ReadAsync(NpgsqlDataSource database, IReadOnlyCollection<string>? names, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = (object?)names?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<Calendar> calendars = [];
        while (await reader.ReadAsync(cancel))
        {
            calendars.Add(new Calendar
            {
                Name = reader.GetString(0),
                TimeZone = reader.GetString(1),
                Only = reader.GetBoolean(2),
                Rules = reader.GetFieldValue<string[]>(3),
            });
        }

        return new CalendarSet(calendars);
    }

    public static async Task<IReadOnlyList<string>> NamesAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("SELECT name FROM calendars ORDER BY name");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<string> names = [];
        while (await reader.ReadAsync(cancel))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }
}
