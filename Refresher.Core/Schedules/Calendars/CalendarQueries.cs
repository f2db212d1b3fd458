using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Refresher.Core.Schedules.Calendars;

/// <summary>Reads of calendars, shared by pages and end points. Lists go by name.</summary>
public sealed class CalendarQueries(RefresherDb db, NpgsqlDataSource database)
{
    /// <param name="after">The last name of the page before; null for the first page.</param>
    public async Task<Page<Calendar>> ListAsync(string? after, int limit, CancellationToken cancel)
    {
        var calendars = db.Calendars.AsNoTracking();
        calendars = after is null ? calendars : calendars.Where(c => string.Compare(c.Name, after) > 0);
        return Page<Calendar>.Of(await calendars.OrderBy(c => c.Name).Take(limit + 1).ToListAsync(cancel), limit, calendar => calendar.Name);
    }

    public Task<Calendar?> FindAsync(string name, CancellationToken cancel) => db.Calendars.AsNoTracking().SingleOrDefaultAsync(c => c.Name == name, cancel);

    /// <summary>All names. Parts of a page may ask at the same time.</summary>
    public Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancel) => CalendarRows.NamesAsync(database, cancel);

    /// <summary>Keys of schedules that refer to it, at most <paramref name="limit"/>.</summary>
    public Task<List<string>> UsersAsync(string name, int limit, CancellationToken cancel) =>
        db.Schedules.Where(s => s.Calendars.Contains(name)).OrderBy(s => s.Key).Select(s => s.Key).Take(limit).ToListAsync(cancel);

    /// <summary>How many schedules refer to each of these calendars; those without any are left out.</summary>
    public async Task<IReadOnlyDictionary<string, int>> UseAsync(IReadOnlyCollection<string> names, CancellationToken cancel)
    {
        var used = await db.Schedules.Where(s => s.Calendars.Any(c => names.Contains(c))).Select(s => s.Calendars).ToListAsync(cancel);
        return used.SelectMany(calendars => calendars).CountBy(name => name, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>Those of these names, to be asked. Parts of a page may ask at the same time.</summary>
    public async Task<CalendarSet> SetAsync(IReadOnlyCollection<string> names, CancellationToken cancel) =>
        names.Count == 0 ? CalendarSet.None : await CalendarRows.ReadAsync(database, names, cancel);
}
