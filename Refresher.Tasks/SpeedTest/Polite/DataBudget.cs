using Microsoft.EntityFrameworkCore;
using Refresher.Core;

namespace Refresher.Tasks.SpeedTest.Polite;

/// <summary>How much data tests of lines have moved this month, and how much they may.</summary>
internal sealed class DataBudget(RefresherDb db, TimeProvider clock)
{
    /// <summary>MB (10⁶ bytes) since the month began in UTC, those of tests that failed half-way too.</summary>
    public async Task<double> UsedAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var month = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        var bytes = await db.Set<SpeedTestResult>().Where(t => !t.SelfTest && t.At >= month).SumAsync(t => t.Bytes, cancel);
        return bytes / 1e6;
    }

    /// <summary>Why a test of this size may not begin, in words; null: it may.</summary>
    public async Task<string?> RefusalAsync(int megabytes, CancellationToken cancel)
    {
        if ((await SpeedSetup.ReadAsync(db, cancel)).MonthlyMegabytes is not { } most)
        {
            return null;
        }

        var used = await UsedAsync(cancel);
        return used + megabytes <= most
            ? null
            : $"The month's data would not suffice: {used:0} of {most} MB are used, and this test may take {megabytes} MB. Lower maxMegabytes, raise the budget under Speed → Servers, or wait for the next month (UTC).";
    }
}
