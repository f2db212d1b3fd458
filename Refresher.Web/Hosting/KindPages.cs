using System.Reflection;
using Refresher.Tasks;

namespace Refresher.Web.Hosting;

/// <summary>Where the pages of the kinds live: beside their tasks.</summary>
internal static class KindPages
{
    public static Assembly[] Assemblies { get; } = [.. TaskCatalog.Kinds.Select(kind => kind.Assembly).Distinct()];
}
