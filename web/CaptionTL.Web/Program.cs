using CaptionTL.Service;
using CaptionTL.Service.Hosting;
using CaptionTL.Service.Jobs.Running;

if (JobProcess.Handles(args)) return JobProcess.Run(args);

return await ServiceProgram.RunAsync(() =>
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddCaptionTL();
    var app = builder.Build();
    app.MapCaptionTL();
    return app;
});
