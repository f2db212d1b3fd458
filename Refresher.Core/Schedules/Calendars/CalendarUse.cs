using Microsoft.EntityFrameworkCore;

namespace Refresher.Core.Schedules.Calendars;

/// <summary>The references of schedules to calendars, kept true without a foreign key, which an array cannot have.</summary>
internal static class CalendarUse
{
    private const string Field = "calendars";

    /// <summary>Names that a message lists.</summary>
    private const int Listed = 20;

    /// <summary>Holds these calendars in the context's transaction, so that none is deleted before the schedule that refers to them is committed.</summary>
    /// <returns>An error that names what is not there; null when all are.</returns>
    public static async Task<FieldErrors?> HoldAsync(RefresherDb db, IReadOnlyList<string> names, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        await HoldAsync(db, [names], (_, field, message) => errors.Add(field, message), cancel);
        return errors.Count == 0 ? null : errors;
    }

    /// <summary>Holds the calendars of schedules that are to be written together.</summary>
    /// <param name="blame">Gets the place of the one that is wrong, the field and why.</param>
    public static async Task HoldAsync(RefresherDb db, IReadOnlyList<IReadOnlyList<string>> schedules, Action<int, string, string> blame, CancellationToken cancel)
    {
        string[] names = [.. schedules.SelectMany(schedule => schedule).Distinct()];
        if (names.Length == 0)
        {
            return;
        }

        var found = await db.Database.SqlQuery<string>($"SELECT name AS \"Value\" FROM calendars WHERE name = ANY({names}) ORDER BY name FOR KEY SHARE").ToListAsync(cancel);
        if (found.Count == names.Length)
        {
            return;
        }

        var all = await db.Calendars.OrderBy(c => c.Name).Select(c => c.Name).Take(Listed).ToListAsync(cancel);
        var there = all.Count == 0 ? "There are none yet; POST /api/v1/calendars makes one." : $"There are: {string.Join(", ", all)}.";
        for (var i = 0; i < schedules.Count; i++)
        {
            if (schedules[i].Except(found, StringComparer.Ordinal).ToArray() is { Length: > 0 } missing)
            {
                blame(i, Field, $"{Field}: there is no calendar '{string.Join("', '", missing)}'. {there}");
            }
        }
    }
}
