using Microsoft.EntityFrameworkCore;
using Refresher.Core.Alerts.Episodes;

namespace Refresher.Core.Alerts.Rules;

/// <summary>Reads of rules, shared by pages and end points. Lists go by name; there are at most <see cref="RuleCommands.Most"/>.</summary>
public sealed class RuleQueries(RefresherDb db)
{
    public Task<List<AlertRule>> ListAsync(CancellationToken cancel) => db.AlertRules.AsNoTracking().OrderBy(r => r.Name).Take(RuleCommands.Most).ToListAsync(cancel);

    public Task<AlertRule?> FindAsync(Guid id, CancellationToken cancel) => db.AlertRules.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancel);

    /// <summary>What lasts just now and concerns a rule, the latest first.</summary>
    public Task<List<Alert>> OpenAsync(int limit, CancellationToken cancel) =>
        db.Alerts.AsNoTracking().Where(a => a.State != AlertState.Recovered).OrderByDescending(a => a.Id).Take(limit).ToListAsync(cancel);
}
