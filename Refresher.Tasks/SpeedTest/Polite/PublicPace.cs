using Microsoft.EntityFrameworkCore;
using Refresher.Core;
using Refresher.Core.Data;
using Refresher.Core.Runs;

namespace Refresher.Tasks.SpeedTest.Polite;

/// <summary>
/// When tests may use servers that others lend to everybody: at least a quarter of an hour apart, whatever the schedules say, and those of schedules
/// at minutes that are this installation's own, so that a thousand installations do not begin at once.
/// </summary>
internal sealed class PublicPace(RefresherDb db, InstallationId installation)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);

    /// <summary>A test of a schedule may begin for this long after its minute.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(2);

    /// <summary>The first minute within each quarter of an hour that there is: never the full one, which is :00, :15, :30 and :45.</summary>
    private const int First = 1;

    /// <summary>The last of them: with the window behind it, it still ends before the next quarter.</summary>
    private const int Last = 12;

    /// <summary>The installation's own minute within each quarter of an hour, 1 to 12.</summary>
    public static int MinuteOf(Guid installation) => First + (installation.ToByteArray()[^1] % (Last - First + 1));

    public async Task<int> MinuteAsync(CancellationToken cancel) => MinuteOf(await installation.GetAsync(cancel));

    /// <summary>The own instant in whose window <paramref name="now"/> lies; null when it lies in none.</summary>
    public static DateTimeOffset? SlotOf(DateTimeOffset now, int minute)
    {
        var quarter = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % Interval.Ticks), TimeSpan.Zero);
        var own = quarter.AddMinutes(minute);
        return now >= own && now < own + Window ? own : null;
    }

    /// <summary>The next own instant after <paramref name="now"/>.</summary>
    public static DateTimeOffset NextSlot(DateTimeOffset now, int minute)
    {
        var quarter = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % Interval.Ticks), TimeSpan.Zero);
        var own = quarter.AddMinutes(minute);
        return own > now ? own : own + Interval;
    }

    /// <summary>Whether a schedule is the reason that a run runs now, and nobody sits before it.</summary>
    public async Task<bool> IsByScheduleAsync(Guid run, CancellationToken cancel) =>
        await db.Runs.AsNoTracking().Where(r => r.Id == run).Select(r => (RunTrigger?)r.Trigger).SingleOrDefaultAsync(cancel) is RunTrigger.Cadence or RunTrigger.Backfill;

    /// <summary>Claims public servers from <paramref name="at"/> on: one of all workers gets them.</summary>
    /// <returns>From when on they may be used again; null: they may now.</returns>
    public async Task<DateTimeOffset?> ClaimAsync(DateTimeOffset at, CancellationToken cancel)
    {
        await SpeedSetup.EnsureAsync(db, cancel);
        var before = at - Interval;
        var claimed = await db.Set<SpeedSetup>().Where(s => s.Name == SpeedSetup.Main && (s.PublicUsedAt == null || s.PublicUsedAt <= before))
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.PublicUsedAt, at), cancel);
        if (claimed > 0)
        {
            return null;
        }

        return ((await SpeedSetup.ReadAsync(db, cancel)).PublicUsedAt ?? at) + Interval;
    }

    /// <summary>Why a test may not begin before <paramref name="from"/>.</summary>
    public static string TooSoon(DateTimeOffset from) =>
        $"Public servers are used at most every {Interval.TotalMinutes:0} minutes: the last test began at {(from - Interval).UtcDateTime:HH:mm} UTC, the next one may from {from.UtcDateTime:HH:mm} UTC on.";
}
