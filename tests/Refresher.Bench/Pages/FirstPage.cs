using System.Net;
using System.Text.RegularExpressions;

namespace Refresher.Bench.Pages;

/// <summary>What goes over the wire before the first page is whole: itself, its styles, scripts with all they import, icons and the font. Compressed as a browser asks for it, bodies without their headers.</summary>
internal static partial class FirstPage
{
    public static async Task WeighAsync(Uri url, HttpClient browser, Figures figures)
    {
        var html = await browser.GetStringAsync("/");
        using var wire = new HttpClient(new HttpClientHandler { AutomaticDecompression = DecompressionMethods.None }) { BaseAddress = url };
        wire.DefaultRequestHeaders.Add("Accept-Encoding", "br, gzip");
        var waiting = new Queue<Uri>(Resource().Matches(html).Select(found => new Uri(url, found.Groups[1].Value.Split('#')[0])).Where(address => address.Host == url.Host).Distinct());
        var (seen, total) = (new HashSet<Uri>(), 0L);
        while (waiting.TryDequeue(out var address))
        {
            if (seen.Add(address))
            {
                var size = (await wire.GetByteArrayAsync(address)).Length;
                total += size;
                figures.Say($"wire size of {address.AbsolutePath}", size / 1e3, "kB");
                var imports = address.AbsolutePath.EndsWith(".js", StringComparison.Ordinal) ? Import().Matches(await browser.GetStringAsync(address)) : null;
                foreach (var name in imports?.Select(found => found.Groups[1].Value) ?? [])
                {
                    waiting.Enqueue(new Uri(address, name));
                }
            }
        }

        var own = System.Text.Encoding.UTF8.GetByteCount(html);
        figures.Say("wire size of the first page, all of it", (total + own) / 1e3, "kB", $"the page itself counted before compression: {own / 1e3:0.0} kB");
    }

    [GeneratedRegex("(?:<link[^>]*(?:stylesheet|preload|icon)[^>]*href|<link[^>]*href|<script[^>]*src|<img[^>]*src|<use[^>]*href)=\"(/[^\"]+)\"")]
    private static partial Regex Resource();

    /// <summary>Static imports, and the worker that live.js starts.</summary>
    [GeneratedRegex("(?:from |new URL\\()\"(\\.?/?[a-z-]+\\.js)\"")]
    private static partial Regex Import();
}
