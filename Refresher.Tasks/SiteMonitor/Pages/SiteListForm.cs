using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Refresher.Core;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Pages;

/// <summary>The filters of the list of sites as they stand in its address. What cannot be read does not filter.</summary>
public sealed class SiteListForm
{
    private const int Longest = 200;
    private static readonly string[] Names = ["state", "group", "tag", "search"];
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    private SiteListForm()
    {
    }

    /// <summary>Text of a field; empty when it has none.</summary>
    public string this[string name] => _texts.GetValueOrDefault(name, "");

    public bool IsEmpty => Names.All(name => this[name].Length == 0);

    public SiteStatus? Status => Words<SiteStatus>.TryParse(this["state"], out var status) ? status : null;

    public static SiteListForm From(IQueryCollection query)
    {
        var form = new SiteListForm();
        foreach (var name in Names)
        {
            var text = query[name].ToString().Replace("\0", "", StringComparison.Ordinal).Trim();
            form._texts[name] = text.Length > Longest ? text[..Longest] : text;
        }

        return form;
    }

    public SiteFilter ToFilter() => new() { Search = Text("search"), Tag = Text("tag"), Group = Text("group"), Status = Status };

    /// <summary>The list with these filters and one of them changed; null takes it away.</summary>
    public string With(string name, string? value) =>
        QueryHelpers.AddQueryString("/sites", Names.Select(one => KeyValuePair.Create(one, one == name ? value : this[one])).Where(pair => !string.IsNullOrEmpty(pair.Value)));

    private string? Text(string name) => this[name] is { Length: > 0 } text ? text : null;
}
