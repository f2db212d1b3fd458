namespace Refresher.Web.Components.Pages.Users;

/// <summary>What people call the browser that said this of itself; a guess, since browsers say that they are each other.</summary>
internal static class BrowserName
{
    private static readonly (string Word, string Name)[] Browsers = [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];
    private static readonly (string Word, string Name)[] Systems = [("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux")];

    public static string Of(string? agent) => agent is null or ""
        ? "unknown"
        : (Find(Browsers, agent), Find(Systems, agent)) switch
        {
            ({ } browser, { } system) => $"{browser} on {system}",
            ({ } browser, null) => browser,
            _ => agent.Split(' ', '/')[0],
        };

    private static string? Find((string Word, string Name)[] known, string agent) => known.FirstOrDefault(one => agent.Contains(one.Word, StringComparison.Ordinal)).Name;
}
