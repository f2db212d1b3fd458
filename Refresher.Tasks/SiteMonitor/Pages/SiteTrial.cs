using Refresher.Core;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Pages;

/// <summary>Looks once at a site as its form says it, from the process that shows the form; nothing is stored. The same rules say what may be called.</summary>
internal sealed class SiteTrial(SiteProber prober, SiteSecrets secrets)
{
    /// <summary>Somebody waits for it.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <param name="stored">The site that is edited, whose secrets may be meant; null for a new one.</param>
    /// <returns>Null with at least one error.</returns>
    public async Task<CheckResult?> LookAsync(SiteInput input, Site? stored, FieldErrors errors, CancellationToken cancel)
    {
        // A site needs a name, a look does not.
        var named = string.IsNullOrWhiteSpace(input.Name) ? input with { Name = "trial" } : input;
        if (SiteReader.Read(named, stored, secrets, errors) is not { } spec)
        {
            return null;
        }

        var plain = secrets.Open(spec);
        return await prober.CheckAsync(plain.Timeout > Longest ? plain with { Timeout = Longest } : plain, cancel);
    }
}
