using CaptionTL.Service;
using CaptionTL.Service.Hosting;
using CaptionTL.Service.Jobs.Running;
using CaptionTL.Web;

if (JobProcess.Handles(args)) return JobProcess.Run(args);

return await ServiceProgram.RunAsync(() =>
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddCaptionTL();
    builder.AddWeb();
    var app = builder.Build();
    app.MapCaptionTL();
    app.MapWeb();
    return app;
});
