using Refresher.Core;
using Refresher.Core.Contract;
using Refresher.Tasks.SpeedTest.Polite;

namespace Refresher.Tasks.SpeedTest.Public;

/// <summary>The speed page on the list of what is public.</summary>
internal sealed class PublicSpeedPart(RefresherDb db) : IPublicPart
{
    public async Task<PublicPart> ReadAsync(CancellationToken cancel)
    {
        var setup = await SpeedSetup.ReadAsync(db, cancel);
        return new PublicPart(
            "The speed page", PublicSpeed.Page, setup.Published, "What the line does: rates, pings and charts. Never its address, its provider, its place, a server or a distance.", "/speed/settings");
    }
}
