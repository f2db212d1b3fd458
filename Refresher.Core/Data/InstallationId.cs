using Microsoft.EntityFrameworkCore;

namespace Refresher.Core.Data;

/// <summary>What tells this installation from others: made by whoever asks first, and the same for all its processes from then on.</summary>
public sealed class InstallationId(RefresherDb db)
{
    private const string Name = "installation-id";

    public async Task<Guid> GetAsync(CancellationToken cancel)
    {
        if (await ReadAsync(cancel) is { } known)
        {
            return known;
        }

        await db.Database.ExecuteSqlAsync($"INSERT INTO settings (name, value) VALUES ({Name}, {Guid.NewGuid().ToString()}) ON CONFLICT DO NOTHING", cancel);
        return await ReadAsync(cancel) ?? throw new InvalidOperationException($"The setting '{Name}' is no id.");
    }

    private async Task<Guid?> ReadAsync(CancellationToken cancel) =>
        await db.Settings.AsNoTracking().Where(s => s.Name == Name).Select(s => s.Value).SingleOrDefaultAsync(cancel) is { } value && Guid.TryParse(value, out var id) ? id : null;
}
