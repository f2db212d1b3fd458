namespace Refresher.Web.Tests.Pages;

/// <summary>What a task's folder of these tests brings to those of all pages, so that it can go as a whole.</summary>
internal interface ITaskPages
{
    /// <summary>Of every folder that is there.</summary>
    static IReadOnlyList<ITaskPages> All { get; } =
        [.. typeof(ITaskPages).Assembly.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(ITaskPages))).Select(type => (ITaskPages)Activator.CreateInstance(type)!)];

    /// <summary>Pages that are always there.</summary>
    IReadOnlyList<string> Paths { get; }

    /// <summary>Makes one of what its lists show with links and buttons.</summary>
    Task FillAsync(IServiceProvider services);
}
