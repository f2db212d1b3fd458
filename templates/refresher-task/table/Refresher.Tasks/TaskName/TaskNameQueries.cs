using Microsoft.EntityFrameworkCore;
using Refresher.Core;

namespace Refresher.Tasks.TaskName;

/// <summary>Reads of what was counted, for pages and end points alike.</summary>
public sealed class TaskNameQueries(RefresherDb db)
{
    /// <summary>What was counted, the latest first.</summary>
    /// <param name="after">The last id of the page before; null for the first page.</param>
    public async Task<Page<TaskNameResult>> ListAsync(Guid? after, int limit, CancellationToken cancel)
    {
        var results = db.Set<TaskNameResult>().AsNoTracking();
        results = after is { } last ? results.Where(r => r.Id < last) : results;
        return Page<TaskNameResult>.Of(await results.OrderByDescending(r => r.Id).Take(limit + 1).ToListAsync(cancel), limit, result => result.Id.ToString());
    }
}
