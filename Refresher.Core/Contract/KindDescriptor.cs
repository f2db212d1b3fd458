using System.ComponentModel;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Refresher.Core.Alerts;
using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Crontab;

namespace Refresher.Core.Contract;

/// <summary>A kind as the platform sees it: its static members as values, so that nothing needs to know its type.</summary>
public sealed partial class KindDescriptor : OptionsShape
{
    private KindDescriptor() { }

    public required KindDefaults Defaults { get; init; }

    public required IReadOnlyList<KindPage> Pages { get; init; }

    public required IReadOnlyList<ExampleSchedule> Examples { get; init; }

    /// <summary>Sets up on a first local start what else there is to look at.</summary>
    public required Func<IServiceProvider, CancellationToken, Task> SetUpExamplesAsync { get; init; }

    /// <inheritdoc cref="IKind.CountExamplesAsync"/>
    public required Func<IServiceProvider, CancellationToken, Task<int>> CountExamplesAsync { get; init; }

    /// <inheritdoc cref="IKind.RemoveExamplesAsync"/>
    public required Func<IServiceProvider, CancellationToken, Task<int>> RemoveExamplesAsync { get; init; }

    /// <summary>Schedules that come with the kind.</summary>
    public required IReadOnlyList<ScheduleInput> Schedules { get; init; }

    public required IReadOnlyList<AlertCondition> Conditions { get; init; }

    public bool CanRun => OptionsType is not null;

    /// <summary>The folder's own assembly, where its pages are.</summary>
    public required Assembly Assembly { get; init; }

    /// <summary>Options that do what a line of a crontab does; null: this kind runs no commands.</summary>
    public required Func<CrontabEntry, object?> FromCrontab { get; init; }

    /// <inheritdoc cref="IKind.Verbs"/>
    public required IReadOnlyDictionary<string, Func<IConfiguration, string[], Task<int>>> Verbs { get; init; }

    public required Action<IHostApplicationBuilder> AddServices { get; init; }

    public required Action<IHostApplicationBuilder> AddWorkers { get; init; }

    public required Action<ModelBuilder> MapModel { get; init; }

    public required Action<IEndpointRouteBuilder> MapEndpoints { get; init; }

    /// <summary>What visitors may ask for, in the Api and in Web.</summary>
    public required Action<IEndpointRouteBuilder> MapPublic { get; init; }

    /// <summary>Pages for visitors, in Web.</summary>
    public required Action<IEndpointRouteBuilder> MapPublicPages { get; init; }

    public required Action<RouteGroupBuilder> MapActions { get; init; }

    private Func<IServiceProvider, object, RunContext, CancellationToken, Task<RunOutcome>>? Invoke { get; init; }

    private Func<IServiceProvider, IReadOnlyList<object>, KindNotice?>? Notice { get; init; }

    /// <summary>Runs the task, made from <paramref name="services"/>, a scope of its own.</summary>
    public Task<RunOutcome> RunAsync(IServiceProvider services, object options, RunContext run, CancellationToken cancel) =>
        Invoke is null ? throw new InvalidOperationException($"The kind '{Name}' does not run.") : Invoke(services, options, run, cancel);

    /// <summary>What to show with the form of these options, which are valid; null: nothing.</summary>
    public KindNotice? NoticeFor(IServiceProvider services, object options) => NoticeFor(services, [options]);

    /// <summary>What to show when several are set up at once.</summary>
    public KindNotice? NoticeFor(IServiceProvider services, IReadOnlyList<object> options) => Notice?.Invoke(services, options);

    internal static KindDescriptor Of<TTask, TOptions>()
        where TTask : class, IKind, ITask<TOptions>
        where TOptions : class
    {
        var factory = ActivatorUtilities.CreateFactory<TTask>([]);
        return Of<TTask>(
            typeof(TOptions),
            (services, options, run, cancel) => factory(services, []).RunAsync((TOptions)options, run, cancel),
            (services, options) => TTask.NoticeFor([.. options.Cast<TOptions>()], services));
    }

    internal static KindDescriptor Of<TKind>()
        where TKind : class, IKind => Of<TKind>(null, null, null);

    internal static bool IsKebabCase(string name) => KebabCase().IsMatch(name);

    private static KindDescriptor Of<TKind>(
        Type? options,
        Func<IServiceProvider, object, RunContext, CancellationToken, Task<RunOutcome>>? invoke,
        Func<IServiceProvider, IReadOnlyList<object>, KindNotice?>? notice)
        where TKind : class, IKind => new()
        {
            Name = TKind.Name,
            Title = char.ToUpperInvariant(TKind.Name[0]) + TKind.Name[1..].Replace('-', ' '),
            Description = typeof(TKind).GetCustomAttribute<DescriptionAttribute>()?.Description ?? "",
            Defaults = TKind.Defaults,
            Pages = TKind.Pages,
            Examples = TKind.Examples,
            SetUpExamplesAsync = TKind.SetUpExamplesAsync,
            CountExamplesAsync = TKind.CountExamplesAsync,
            RemoveExamplesAsync = TKind.RemoveExamplesAsync,
            Schedules = TKind.Schedules,
            Conditions = TKind.Conditions,
            OptionsType = options,
            Assembly = typeof(TKind).Assembly,
            FromCrontab = TKind.FromCrontab,
            Verbs = TKind.Verbs,
            AddServices = TKind.AddServices,
            AddWorkers = TKind.AddWorkers,
            MapModel = TKind.MapModel,
            MapEndpoints = TKind.MapEndpoints,
            MapPublic = TKind.MapPublic,
            MapPublicPages = TKind.MapPublicPages,
            MapActions = TKind.MapActions,
            Invoke = invoke,
            Notice = notice,
        };

    [GeneratedRegex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", RegexOptions.NonBacktracking)]
    private static partial Regex KebabCase();
}
