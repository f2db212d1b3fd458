using Coravel;
using Refresher.Core;
using Refresher.Core.Execution;
using Refresher.Scheduler;
using Refresher.ServiceDefaults;
using Refresher.Tasks;

if (HealthQuestion.IsAsked(args))
{
    return await HealthQuestion.AskAsync();
}

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddRefresherData(TaskCatalog.Kinds, maxPoolSize: 20);
builder.AddScheduler();
builder.Services.AddScheduler();
builder.Services.AddTransient<Tick>();

var app = builder.Build();
app.Services.UseScheduler(scheduler => scheduler.Schedule<Tick>().EverySecond());
app.MapDefaultEndpoints();
await app.RunAsync();
return 0;
