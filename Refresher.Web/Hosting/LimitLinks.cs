using Microsoft.AspNetCore.WebUtilities;
using Refresher.Core;
using Refresher.Core.Limits;

namespace Refresher.Web.Hosting;

/// <summary>Where a limit stands on the pages.</summary>
internal static class LimitLinks
{
    /// <summary>The element of its row on the page of limits.</summary>
    public static string RowId(LimitScope scope, string name) => $"limit-{Words<LimitScope>.Of(scope)}-{name}";

    public static string Row(LimitScope scope, string name) => $"/limits#{Uri.EscapeDataString(RowId(scope, name))}";

    /// <summary>The form that sets or changes it.</summary>
    public static string Form(LimitScope scope, string name) => With("/limits/set", scope, name);

    public static string Delete(LimitScope scope, string name) => With("/limits/delete", scope, name);

    private static string With(string path, LimitScope scope, string name) =>
        QueryHelpers.AddQueryString(path, [KeyValuePair.Create("scope", (string?)Words<LimitScope>.Of(scope)), KeyValuePair.Create("name", (string?)name)]);
}
