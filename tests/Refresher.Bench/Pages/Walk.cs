using System.Net;
using System.Text.RegularExpressions;

namespace Refresher.Bench.Pages;

/// <summary>Finds the pages there are as a person does: from link to link, one address for each kind of address.</summary>
internal sealed partial class Walk(HttpClient browser)
{
    private const int MostSteps = 4;

    private readonly SortedDictionary<string, string> _found = new(StringComparer.Ordinal);

    /// <returns>Kinds of addresses, as <c>/runs/{id}?level</c>, each with the first one of it.</returns>
    public async Task<IReadOnlyDictionary<string, string>> FromAsync(params string[] starts)
    {
        var step = starts.Where(Take).ToList();
        for (var steps = 0; steps < MostSteps && step.Count > 0; steps++)
        {
            var next = new List<string>();
            foreach (var address in step)
            {
                next.AddRange((await LinksAsync(address)).Where(Take));
            }

            step = next;
        }

        return _found;
    }

    private bool Take(string address)
    {
        var kind = KindOf(address);
        return kind is not null && _found.TryAdd(kind, address);
    }

    private async Task<IEnumerable<string>> LinksAsync(string address)
    {
        using var answer = await browser.GetAsync(address);
        if (answer.Content.Headers.ContentType?.MediaType != "text/html")
        {
            _found.Remove(KindOf(address)!);
            return [];
        }

        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"{address} was answered with {answer.StatusCode}.");
        }

        return Link().Matches(await answer.Content.ReadAsStringAsync()).Select(link => WebUtility.HtmlDecode(link.Groups[1].Value));
    }

    /// <returns>Null for what is no page.</returns>
    private static string? KindOf(string address)
    {
        var (path, query) = address.Split('#')[0].Split('?', 2) switch { [var one] => (one, ""), [var one, var two] => (one, two), _ => ("", "") };
        if (path.Contains("/export", StringComparison.Ordinal) || path.Contains("/files", StringComparison.Ordinal) || path.StartsWith("//", StringComparison.Ordinal) || path.EndsWith(".svg", StringComparison.Ordinal))
        {
            return null;
        }

        var names = query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')[0]).Distinct().Order(StringComparer.Ordinal);
        return Name().Replace(Id().Replace(path, "{id}"), "$1/{name}") + (query.Length > 0 ? "?" + string.Join('&', names) : "");
    }

    [GeneratedRegex("<a [^>]*href=\"(/[^\"]*)\"")]
    private static partial Regex Link();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Id();

    /// <summary>Things that are addressed by their names.</summary>
    [GeneratedRegex("^(/workers|/calendars|/sites)/(?!new$|new\\?|import)[^/{]+$")]
    private static partial Regex Name();
}
