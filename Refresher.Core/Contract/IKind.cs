using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Refresher.Core.Alerts;
using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Crontab;

namespace Refresher.Core.Contract;

/// <summary>
/// What a folder of <c>Refresher.Tasks</c> tells the platform about itself. Only <see cref="Name"/> is needed;
/// everything else does nothing until it is overridden.
/// </summary>
public interface IKind
{
    /// <summary>The stored name, kebab-case, never changed once runs exist: <c>speed-test</c>.</summary>
    static abstract string Name { get; }

    /// <summary>What the kind asks for where a schedule says nothing.</summary>
    static virtual KindDefaults Defaults => KindDefaults.None;

    /// <summary>Pages to show in the admin's navigation.</summary>
    static virtual IReadOnlyList<KindPage> Pages => [];

    /// <summary>Schedules that a first local start sets up, so that there is something to look at.</summary>
    static virtual IReadOnlyList<ExampleSchedule> Examples => [];

    /// <summary>Sets up on a first local start what else there is to look at; called once, in the scheduler, with services of a scope of its own.</summary>
    static virtual Task SetUpExamplesAsync(IServiceProvider services, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>How many things it set up with that are still there: what <see cref="RemoveExamplesAsync"/> takes away. Called for a page.</summary>
    static virtual Task<int> CountExamplesAsync(IServiceProvider services, CancellationToken cancel) => Task.FromResult(0);

    /// <summary>Takes away what <see cref="SetUpExamplesAsync"/> made, when a person asks for it.</summary>
    /// <returns>How much was there.</returns>
    static virtual Task<int> RemoveExamplesAsync(IServiceProvider services, CancellationToken cancel) => Task.FromResult(0);

    /// <summary>
    /// Schedules that come with the kind, by their keys: made at a scheduler's start, changed when their declaration changes, paused when it is gone.
    /// What a person does to one stays until its declaration changes.
    /// </summary>
    static virtual IReadOnlyList<ScheduleInput> Schedules => [];

    /// <summary>What of it can turn for worse and be told of: rules are set on these.</summary>
    static virtual IReadOnlyList<AlertCondition> Conditions => [];

    /// <summary>Options that do what a line of a crontab does; null: this kind runs no commands.</summary>
    static virtual object? FromCrontab(CrontabEntry entry) => null;

    /// <summary>What the worker's program does instead of working when it is started with such a word: it gets the configuration and the words behind, and returns the exit code.</summary>
    static virtual IReadOnlyDictionary<string, Func<IConfiguration, string[], Task<int>>> Verbs => new Dictionary<string, Func<IConfiguration, string[], Task<int>>>();

    /// <summary>Services needed in every process.</summary>
    static virtual void AddServices(IHostApplicationBuilder builder) { }

    /// <summary>Hosted loops and consumers; called in workers only.</summary>
    static virtual void AddWorkers(IHostApplicationBuilder builder) { }

    /// <summary>The kind's own tables.</summary>
    static virtual void MapModel(ModelBuilder model) { }

    /// <summary>The kind's end points, mapped by the Api.</summary>
    static virtual void MapEndpoints(IEndpointRouteBuilder endpoints) { }

    /// <summary>What visitors may ask for without a login or a key, mapped by the Api and by Web: for everybody who finds it, so nothing that was not published.</summary>
    static virtual void MapPublic(IEndpointRouteBuilder endpoints) { }

    /// <summary>Pages for visitors, mapped by Web only, which has what they look like.</summary>
    static virtual void MapPublicPages(IEndpointRouteBuilder endpoints) { }

    /// <summary>What the buttons of the kind's pages do, mapped by the Web: for operators only, and never without the token of a form that was made here.</summary>
    static virtual void MapActions(RouteGroupBuilder actions) { }
}

/// <summary>A kind that runs. The options record's attributes make the form, the JSON schema and the validation.</summary>
/// <typeparam name="TOptions">A record with defaults for every property that may be left out.</typeparam>
public interface ITask<TOptions>
    where TOptions : class
{
    /// <summary>
    /// Does the work once. An outcome is a value; an exception means "unexpected" and fails the attempt with its text.
    /// May be called twice for one run after a lost worker: <see cref="RunContext.Id"/> is the idempotency key.
    /// </summary>
    /// <param name="cancel">Fires on cancel, at the time limit, at a lost lease and at shutdown.</param>
    Task<RunOutcome> RunAsync(TOptions options, RunContext run, CancellationToken cancel);

    /// <summary>What to show with the form of these options, which are valid; null: nothing.</summary>
    /// <param name="options">One, or several that are set up at once.</param>
    /// <param name="services">Those of the process that shows the form.</param>
    static virtual KindNotice? NoticeFor(IReadOnlyList<TOptions> options, IServiceProvider services) => null;
}

/// <summary>A page of a kind in the admin's navigation.</summary>
/// <param name="Title">As shown.</param>
/// <param name="Path">Absolute path within the Web: <c>/speed</c>.</param>
/// <param name="Icon">Name of a Tabler icon that <c>Refresher.Web/icons.txt</c> has: <c>gauge</c>.</param>
/// <param name="Keys">Keys that go there, pressed one after the other: <c>g p</c>; null: none. The platform has some of its own (<c>ShortcutHelp</c>).</param>
public sealed record KindPage(string Title, string Path, string Icon, string? Keys = null);
